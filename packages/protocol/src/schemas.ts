/**
 * The wire contract as JSON Schema (2020-12): the single source of the message types in
 * messages.ts. Objects stay open: unknown fields are ignored by both sides, so a field may be
 * added without a new version.
 */
export const schemas = {
  Channel: { enum: ['full', 'price', 'transactions', 'histogram', 'confirmed'] },
  PriceStatus: { enum: ['warming_up', 'live', 'stale'] },
  ErrorCode: {
    enum: [
      'INVALID_MESSAGE',
      'INVALID_ACTION',
      'INVALID_SYMBOL',
      'RATE_LIMITED',
      'UNAUTHORIZED',
      'SERVER_ERROR',
    ],
  },
  WarningCode: { enum: ['SLOW_CONSUMER', 'CONNECTION_UNSTABLE', 'SOURCE_STALE'] },

  /** Position in a channel: +1 with each publication within an epoch. */
  Seq: { type: 'integer', minimum: 1 },
  /** Unix time in seconds, with a fraction. */
  UnixSeconds: { type: 'number' },
  /** USD per BTC; null while warming up. */
  PriceOrNull: { type: ['number', 'null'] },
  /** Probability, 0 to 1, that the price lies within 0.5 % of the one given. */
  Confidence: { type: 'number', minimum: 0, maximum: 1 },
  /** Present exactly when the data comes from the demo. */
  DemoMark: { const: true },

  /** `[unix seconds, USD per BTC]` */
  PointPair: {
    type: 'array',
    prefixItems: [{ type: 'number' }, { type: 'number' }],
    items: false,
    minItems: 2,
  },
  /** The amount of each of the points beside it, in BTC; beside them, so that points stay pairs. */
  PointAmounts: { type: 'array', items: { type: 'number' } },
  /** An output read at its nearest round dollar amount. */
  PricePoint: {
    type: 'object',
    properties: {
      timestamp: { $ref: '#/$defs/UnixSeconds' },
      price: { type: 'number' },
      btc: { type: 'number' },
    },
    required: ['timestamp', 'price'],
  },
  PriceStats: {
    type: 'object',
    properties: {
      total_received: { type: 'integer', minimum: 0 },
      /** Transactions that a rule kept from voting. */
      total_filtered: { type: 'integer', minimum: 0 },
      active_in_window: { type: 'integer', minimum: 0 },
      uptime_seconds: { type: 'integer', minimum: 0 },
    },
    required: ['total_received', 'total_filtered', 'active_in_window', 'uptime_seconds'],
  },
  PriceData: {
    type: 'object',
    properties: {
      price: { $ref: '#/$defs/PriceOrNull' },
      confidence: { $ref: '#/$defs/Confidence' },
      timestamp: { $ref: '#/$defs/UnixSeconds' },
      /** Present exactly when the price is stale: the `timestamp` at which it was last live. */
      as_of: { $ref: '#/$defs/UnixSeconds' },
      sample_size: { type: 'integer', minimum: 0 },
      low: { $ref: '#/$defs/PriceOrNull' },
      high: { $ref: '#/$defs/PriceOrNull' },
      status: { $ref: '#/$defs/PriceStatus' },
    },
    required: ['price', 'confidence', 'timestamp', 'sample_size', 'low', 'high', 'status'],
  },

  HelloLimits: {
    type: 'object',
    properties: {
      max_message_bytes: { type: 'integer' },
      max_messages_per_10s: { type: 'integer' },
      max_pending_bytes: { type: 'integer' },
      update_interval_ms: { type: 'integer' },
      ping_interval_ms: { type: 'integer' },
      idle_timeout_ms: { type: 'integer' },
      /** Symbols that one connection may hold; on /ws/heatmap only. */
      max_symbols: { type: 'integer' },
    },
    required: [
      'max_message_bytes',
      'max_messages_per_10s',
      'max_pending_bytes',
      'update_interval_ms',
      'ping_interval_ms',
      'idle_timeout_ms',
    ],
  },
  HelloMessage: {
    type: 'object',
    properties: {
      type: { const: 'hello' },
      protocol: { const: 1 },
      /** `tidegauge/` and the version of the server. */
      server: { type: 'string' },
      epoch: { type: 'string' },
      time: { $ref: '#/$defs/UnixSeconds' },
      demo: { type: 'boolean' },
      limits: { $ref: '#/$defs/HelloLimits' },
    },
    required: ['type', 'protocol', 'server', 'epoch', 'time', 'demo', 'limits'],
  },
  /** Channel `full`. */
  PriceUpdate: {
    type: 'object',
    properties: {
      type: { const: 'price_update' },
      seq: { $ref: '#/$defs/Seq' },
      timestamp: { $ref: '#/$defs/UnixSeconds' },
      price: { $ref: '#/$defs/PriceOrNull' },
      confidence: { $ref: '#/$defs/Confidence' },
      low: { $ref: '#/$defs/PriceOrNull' },
      high: { $ref: '#/$defs/PriceOrNull' },
      status: { $ref: '#/$defs/PriceStatus' },
      /** The newest points of the window, oldest first. */
      transactions: { type: 'array', items: { $ref: '#/$defs/PricePoint' }, maxItems: 1000 },
      stats: { $ref: '#/$defs/PriceStats' },
      data: { $ref: '#/$defs/PriceData' },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: [
      'type',
      'seq',
      'timestamp',
      'price',
      'confidence',
      'low',
      'high',
      'status',
      'transactions',
      'stats',
      'data',
    ],
  },
  /** Channel `price`: the same type name, without the points. */
  PriceOnly: {
    type: 'object',
    properties: {
      type: { const: 'price_update' },
      seq: { $ref: '#/$defs/Seq' },
      data: { $ref: '#/$defs/PriceData' },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['type', 'seq', 'data'],
  },
  /** Channel `transactions`: with `epoch` the whole window, without it only what is new. */
  TransactionsMessage: {
    type: 'object',
    properties: {
      type: { const: 'transactions' },
      seq: { $ref: '#/$defs/Seq' },
      epoch: { type: 'string' },
      data: {
        type: 'object',
        properties: {
          points: { type: 'array', items: { $ref: '#/$defs/PointPair' } },
          btc: { $ref: '#/$defs/PointAmounts' },
        },
        required: ['points'],
      },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['type', 'seq', 'data'],
  },
  /** Channel `histogram`: `counts[i]` outputs of at least `bins[i]` BTC, under `bins[i + 1]`. */
  HistogramMessage: {
    type: 'object',
    properties: {
      type: { const: 'histogram' },
      seq: { $ref: '#/$defs/Seq' },
      /** When it was published; it holds until the next one. */
      timestamp: { $ref: '#/$defs/UnixSeconds' },
      data: {
        type: 'object',
        properties: {
          bins: { type: 'array', items: { type: 'number' } },
          counts: { type: 'array', items: { type: 'integer', minimum: 0 } },
        },
        required: ['bins', 'counts'],
      },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['type', 'seq', 'timestamp', 'data'],
  },
  /** Channel `confirmed`: the view over blocks alone. */
  ConfirmedUpdate: {
    type: 'object',
    properties: {
      type: { const: 'confirmed_update' },
      seq: { $ref: '#/$defs/Seq' },
      data: {
        type: 'object',
        properties: {
          price: { $ref: '#/$defs/PriceOrNull' },
          low: { $ref: '#/$defs/PriceOrNull' },
          high: { $ref: '#/$defs/PriceOrNull' },
          confidence: { $ref: '#/$defs/Confidence' },
          block_height: { type: ['integer', 'null'] },
          block_time: { $ref: '#/$defs/UnixSeconds' },
          points: { type: 'array', items: { $ref: '#/$defs/PointPair' } },
          btc: { $ref: '#/$defs/PointAmounts' },
        },
        required: ['price', 'low', 'high', 'confidence', 'block_height', 'block_time', 'points'],
      },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['type', 'seq', 'data'],
  },
  /** What a channel says. That of `full` is a PriceOnly as well, with more beside the data. */
  MempoolMessage: {
    oneOf: [
      { $ref: '#/$defs/PriceOnly' },
      { $ref: '#/$defs/TransactionsMessage' },
      { $ref: '#/$defs/HistogramMessage' },
      { $ref: '#/$defs/ConfirmedUpdate' },
    ],
  },
  PongMessage: {
    type: 'object',
    properties: {
      type: { const: 'pong' },
      /** The server's time, ISO 8601 UTC. */
      timestamp: { type: 'string' },
      /** The `timestamp` of the ping, as it was sent; absent when it had none. */
      echo: { type: ['string', 'number'] },
    },
    required: ['type', 'timestamp'],
  },
  ErrorMessage: {
    type: 'object',
    properties: {
      type: { const: 'error' },
      code: { $ref: '#/$defs/ErrorCode' },
      message: { type: 'string' },
      /** With INVALID_SYMBOL: the name as it was given; a long one is shortened. */
      symbol: { type: 'string' },
      /** With RATE_LIMITED: when the next message will be taken. */
      retry_after_ms: { type: 'integer', minimum: 0 },
    },
    required: ['type', 'code', 'message'],
  },
  WarningMessage: {
    type: 'object',
    properties: {
      type: { const: 'warning' },
      code: { $ref: '#/$defs/WarningCode' },
      message: { type: 'string' },
      /** With SLOW_CONSUMER: how many were dropped since the last warning. */
      dropped_messages: { type: 'integer', minimum: 0 },
      /** With SOURCE_STALE: which source, and since when (unix seconds). */
      source: { type: 'string' },
      since: { $ref: '#/$defs/UnixSeconds' },
    },
    required: ['type', 'code', 'message'],
  },
  ServerMessage: {
    oneOf: [
      { $ref: '#/$defs/HelloMessage' },
      { $ref: '#/$defs/PriceUpdate' },
      { $ref: '#/$defs/PriceOnly' },
      { $ref: '#/$defs/TransactionsMessage' },
      { $ref: '#/$defs/HistogramMessage' },
      { $ref: '#/$defs/ConfirmedUpdate' },
      { $ref: '#/$defs/PongMessage' },
      { $ref: '#/$defs/ErrorMessage' },
      { $ref: '#/$defs/WarningMessage' },
    ],
  },

  ChannelChoice: {
    oneOf: [
      { $ref: '#/$defs/Channel' },
      { type: 'array', items: { $ref: '#/$defs/Channel' }, minItems: 1, maxItems: 10 },
    ],
  },
  SubscribeMessage: {
    type: 'object',
    properties: {
      subscribe: { $ref: '#/$defs/ChannelChoice' },
      /** By channel: what the client has. Only what follows it is sent, where that is kept. */
      resume: { type: 'object', additionalProperties: { $ref: '#/$defs/ResumePosition' } },
    },
    required: ['subscribe'],
  },
  UnsubscribeMessage: {
    type: 'object',
    properties: { unsubscribe: { $ref: '#/$defs/ChannelChoice' } },
    required: ['unsubscribe'],
  },
  PingAction: {
    type: 'object',
    properties: { action: { const: 'ping' }, timestamp: { type: ['string', 'number'] } },
    required: ['action'],
  },
  PingMessage: {
    type: 'object',
    properties: { type: { const: 'ping' }, timestamp: { type: ['string', 'number'] } },
    required: ['type'],
  },
  ClientMessage: {
    oneOf: [
      { $ref: '#/$defs/SubscribeMessage' },
      { $ref: '#/$defs/UnsubscribeMessage' },
      { $ref: '#/$defs/PingAction' },
      { $ref: '#/$defs/PingMessage' },
    ],
  },
} as const;
