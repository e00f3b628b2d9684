/*
 * The floor of the fan-out bench: what it costs at the least to write the same bytes to many
 * WebSockets. One thread, epoll, one write a client; what clients say after the handshake is
 * never read. Linux only.
 *
 * It prints its port, then obeys lines on stdin:
 *   publish BYTES INTERVAL_MS   a message of that many bytes to all, each interval
 *   silence                     no more of them
 *   figures                     prints: CPU (user and system, us), whole messages written, writes
 *                               that did not fit, clients
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MAX = 65536, REQUEST_MAX = 2048, MESSAGE_MAX = 1 << 20, EVENTS = 256 };

struct client {
  int fd;
  int open;
  size_t request_bytes;
  char *request;
  /* What a write did not take. */
  char *rest;
  size_t rest_bytes, rest_sent;
};

static struct client *by_fd[CLIENTS_MAX];
static int fds[CLIENTS_MAX];
static int clients;
static int poller, timer;
static size_t message_bytes;
static uint64_t seq, written, stuck;
static char frame[MESSAGE_MAX + 10];

static void die(const char *what) {
  perror(what);
  exit(1);
}

/* SHA-1 (FIPS 180-4) of a short text. */
static uint32_t rotate(uint32_t x, int bits) { return (x << bits) | (x >> (32 - bits)); }

static void sha1(const char *text, size_t length, uint8_t digest[20]) {
  uint8_t data[192] = {0};
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  size_t total = (length + 9 + 63) / 64 * 64;
  memcpy(data, text, length);
  data[length] = 0x80;
  for (int i = 0; i < 8; i++) data[total - 1 - i] = (uint8_t)((uint64_t)length * 8 >> (8 * i));
  for (size_t block = 0; block < total; block += 64) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++) {
      const uint8_t *p = data + block + 4 * i;
      w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
      uint32_t f, k;
      if (i < 20) f = (b & c) | (~b & d), k = 0x5A827999;
      else if (i < 40) f = b ^ c ^ d, k = 0x6ED9EBA1;
      else if (i < 60) f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
      else f = b ^ c ^ d, k = 0xCA62C1D6;
      uint32_t next = rotate(a, 5) + f + e + k + w[i];
      e = d, d = c, c = rotate(b, 30), b = a, a = next;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
  }
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t *bytes, int length, char *text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < length; i += 3) {
    int left = length - i;
    uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? bytes[i + 1] << 8 : 0) |
                     (left > 2 ? bytes[i + 2] : 0);
    *text++ = digits[group >> 18];
    *text++ = digits[group >> 12 & 63];
    *text++ = left > 1 ? digits[group >> 6 & 63] : '=';
    *text++ = left > 2 ? digits[group & 63] : '=';
  }
  *text = 0;
}

static void watch(int fd, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(poller, operation, fd, &event) < 0) die("epoll_ctl");
}

static void leave(struct client *client) {
  if (client->open) {
    for (int i = 0; i < clients; i++) {
      if (fds[i] != client->fd) continue;
      fds[i] = fds[--clients];
      break;
    }
  }
  by_fd[client->fd] = NULL;
  close(client->fd);
  free(client->request);
  free(client->rest);
  free(client);
}

static void take_clients(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) {
      if (errno == EAGAIN || errno == ECONNABORTED) return;
      die("accept");
    }
    if (fd >= CLIENTS_MAX) die("too many clients");
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct client *client = calloc(1, sizeof *client);
    client->fd = fd;
    client->request = calloc(1, REQUEST_MAX);
    by_fd[fd] = client;
    watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }
}

/* Answers the opening handshake (RFC 6455, 4.2.2) once the request is whole. */
static void handshake(struct client *client) {
  char *request = client->request;
  ssize_t got = read(client->fd, request + client->request_bytes,
                     REQUEST_MAX - 1 - client->request_bytes);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    leave(client);
    return;
  }
  client->request_bytes += (size_t)got;
  request[client->request_bytes] = 0;
  if (strstr(request, "\r\n\r\n") == NULL) return;
  char key[128], accept[32], answer[256];
  uint8_t digest[20];
  const char *at = strcasestr(request, "\r\nsec-websocket-key:");
  if (at == NULL || sscanf(at + 20, " %64s", key) != 1) {
    leave(client);
    return;
  }
  strcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  sha1(key, strlen(key), digest);
  base64(digest, 20, accept);
  int length = snprintf(answer, sizeof answer,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                        accept);
  if (write(client->fd, answer, (size_t)length) != length) {
    leave(client);
    return;
  }
  free(client->request);
  client->request = NULL;
  client->open = 1;
  fds[clients++] = client->fd;
  watch(client->fd, 0, EPOLL_CTL_MOD);
}

static void write_rest(struct client *client) {
  ssize_t sent = write(client->fd, client->rest + client->rest_sent,
                       client->rest_bytes - client->rest_sent);
  if (sent < 0) {
    if (errno != EAGAIN) leave(client);
    return;
  }
  client->rest_sent += (size_t)sent;
  if (client->rest_sent < client->rest_bytes) return;
  free(client->rest);
  client->rest = NULL;
  written++;
  watch(client->fd, 0, EPOLL_CTL_MOD);
}

/* One text frame (RFC 6455, 5.2) that says its position and time as a price update does. */
static size_t make_frame(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  size_t head = message_bytes < 126 ? 2 : message_bytes < 65536 ? 4 : 10;
  frame[0] = (char)0x81;
  frame[1] = (char)(head == 2 ? message_bytes : head == 4 ? 126 : 127);
  for (size_t i = 2; i < head; i++) {
    frame[i] = (char)((uint64_t)message_bytes >> (8 * (head - 1 - i)));
  }
  int start = sprintf(frame + head,
                      "{\"type\":\"price_update\",\"seq\":%llu,\"timestamp\":%lld.%03ld,\"data\":\"",
                      (unsigned long long)++seq, (long long)now.tv_sec, now.tv_nsec / 1000000);
  memset(frame + head + start, 'x', message_bytes - (size_t)start - 2);
  memcpy(frame + head + message_bytes - 2, "\"}", 2);
  return head + message_bytes;
}

static void publish(void) {
  size_t length = make_frame();
  for (int i = 0; i < clients; i++) {
    struct client *client = by_fd[fds[i]];
    if (client->rest != NULL) {
      stuck++;
      continue;
    }
    ssize_t sent = write(client->fd, frame, length);
    if (sent == (ssize_t)length) {
      written++;
      continue;
    }
    if (sent < 0 && errno != EAGAIN) {
      leave(client);
      i--;
      continue;
    }
    stuck++;
    client->rest_sent = 0;
    client->rest_bytes = length - (size_t)(sent < 0 ? 0 : sent);
    client->rest = malloc(client->rest_bytes);
    memcpy(client->rest, frame + length - client->rest_bytes, client->rest_bytes);
    watch(client->fd, EPOLLOUT, EPOLL_CTL_MOD);
  }
}

static void set_timer(long interval_ms) {
  struct timespec each = {interval_ms / 1000, interval_ms % 1000 * 1000000};
  struct itimerspec times = {each, each};
  timerfd_settime(timer, 0, &times, NULL);
}

static void print_figures(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  long long cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL +
                     usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  printf("%lld %llu %llu %d\n", cpu_us, (unsigned long long)written, (unsigned long long)stuck,
         clients);
}

static void obey(void) {
  char text[256];
  ssize_t got = read(STDIN_FILENO, text, sizeof text - 1);
  if (got <= 0) exit(0);
  text[got] = 0;
  for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    long bytes, interval_ms;
    if (sscanf(line, "publish %ld %ld", &bytes, &interval_ms) == 2) {
      message_bytes = bytes < 100 ? 100 : bytes > MESSAGE_MAX ? MESSAGE_MAX : (size_t)bytes;
      set_timer(interval_ms);
    } else if (strcmp(line, "silence") == 0) {
      set_timer(0);
    } else if (strcmp(line, "figures") == 0) {
      print_figures();
    }
  }
}

static void handle(const struct epoll_event *event, int listener) {
  int fd = event->data.fd;
  if (fd == listener) {
    take_clients(listener);
  } else if (fd == STDIN_FILENO) {
    obey();
  } else if (fd == timer) {
    uint64_t turns;
    if (read(timer, &turns, sizeof turns) == sizeof turns) publish();
  } else if (by_fd[fd] != NULL) {
    struct client *client = by_fd[fd];
    if (event->events & (EPOLLERR | EPOLLHUP)) leave(client);
    else if (event->events & EPOLLOUT) write_rest(client);
    else handshake(client);
  }
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) < 0) die("bind");
  if (listen(listener, 4096) < 0) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  poller = epoll_create1(0);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  watch(listener, EPOLLIN, EPOLL_CTL_ADD);
  watch(timer, EPOLLIN, EPOLL_CTL_ADD);
  watch(STDIN_FILENO, EPOLLIN, EPOLL_CTL_ADD);
  printf("%d\n", ntohs(address.sin_port));
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) handle(&events[i], listener);
  }
}
