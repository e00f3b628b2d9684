/** The JSON bodies of the REST answers; `$ref`s point into these and into schemas.ts. */
export const restSchemas = {
  SourceHealth: {
    type: 'object',
    properties: {
      /** True when its data is made up. */
      demo: { type: 'boolean' },
      state: { enum: ['connecting', 'connected', 'lost'] },
      /** Since when the state holds. */
      since: { $ref: '#/$defs/UnixSeconds' },
      last_message: { type: ['number', 'null'] },
      frames: { type: 'integer', minimum: 0 },
      /** Messages that the node sent and that never came, by its counters. */
      missed: { type: 'integer', minimum: 0 },
      /** Messages that came faster than they could be read. */
      dropped: { type: 'integer', minimum: 0 },
      malformed: { type: 'integer', minimum: 0 },
      /** What is wrong and what to do about it; null when nothing is. */
      detail: { type: ['string', 'null'] },
    },
    required: [
      'demo',
      'state',
      'since',
      'last_message',
      'frames',
      'missed',
      'dropped',
      'malformed',
      'detail',
    ],
  },
  LastBlock: {
    oneOf: [
      { type: 'null' },
      {
        type: 'object',
        properties: {
          height: { type: ['integer', 'null'] },
          time: { $ref: '#/$defs/UnixSeconds' },
        },
        required: ['height', 'time'],
      },
    ],
  },
  /** How often each of some names occurred. */
  CountsByName: {
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 0 },
  },
  /** What the price pipeline has done since the start. */
  PipelineHealth: {
    type: 'object',
    properties: {
      blocks: { type: 'integer', minimum: 0 },
      /** Transactions seen in the mempool before a block had them. */
      confirmed: { type: 'integer', minimum: 0 },
      /** Transaction messages of one already seen. */
      duplicates: { type: 'integer', minimum: 0 },
      /** Transactions taken back because another one spends the same output. */
      replaced: { type: 'integer', minimum: 0 },
      /** Transactions that passed every rule, but none of whose outputs did. */
      without_voting_output: { type: 'integer', minimum: 0 },
      /** Transactions by the first rule that kept them from voting; every rule is there. */
      filtered_by_rule: { $ref: '#/$defs/CountsByName' },
      /** Outputs of the other transactions, likewise. */
      outputs_by_rule: { $ref: '#/$defs/CountsByName' },
      /** Messages that are no valid transaction, by reason; only reasons that occurred. */
      malformed_transactions: { $ref: '#/$defs/CountsByName' },
      malformed_blocks: { $ref: '#/$defs/CountsByName' },
    },
    required: [
      'blocks',
      'confirmed',
      'duplicates',
      'replaced',
      'without_voting_output',
      'filtered_by_rule',
      'outputs_by_rule',
      'malformed_transactions',
      'malformed_blocks',
    ],
  },
  /** What the heatmap pipeline has done since the start; null where no market is served. */
  HeatmapHealth: {
    oneOf: [
      { type: 'null' },
      {
        type: 'object',
        properties: {
          /** Closed candles that came in their order. */
          candles: { type: 'integer', minimum: 0 },
          /** News of a candle in progress. */
          candles_in_progress: { type: 'integer', minimum: 0 },
          open_interest: { type: 'integer', minimum: 0 },
          liquidations: { type: 'integer', minimum: 0 },
          /** Candles that were missing when the next one came. */
          missing: { type: 'integer', minimum: 0 },
          /** Candles that came after a later one. */
          out_of_order: { type: 'integer', minimum: 0 },
          /** Candles that came again with other values, or with the same ones. */
          corrected: { type: 'integer', minimum: 0 },
          duplicates: { type: 'integer', minimum: 0 },
          /** Events older than what the model can still take in. */
          too_late: { type: 'integer', minimum: 0 },
          /** Events that made no sense, by kind; only kinds that occurred. */
          malformed: { $ref: '#/$defs/CountsByName' },
          /** Events from after this machine's time, or of a market that is not carried. */
          ahead: { type: 'integer', minimum: 0 },
          unknown_symbol: { type: 'integer', minimum: 0 },
          /** Rows that were stored, attempts that failed, and rows given up. */
          rows_stored: { type: 'integer', minimum: 0 },
          store_failures: { type: 'integer', minimum: 0 },
          rows_dropped: { type: 'integer', minimum: 0 },
        },
        required: [
          'candles',
          'candles_in_progress',
          'open_interest',
          'liquidations',
          'missing',
          'out_of_order',
          'corrected',
          'duplicates',
          'too_late',
          'malformed',
          'ahead',
          'unknown_symbol',
          'rows_stored',
          'store_failures',
          'rows_dropped',
        ],
      },
    ],
  },
  /** Where history is kept; null where none is. */
  StoreHealth: {
    oneOf: [
      { type: 'null' },
      {
        type: 'object',
        properties: {
          /** What is wrong with it and what to do; null when nothing is. */
          problem: { type: ['string', 'null'] },
        },
        required: ['problem'],
      },
    ],
  },
  /** `GET /health` */
  HealthBody: {
    type: 'object',
    properties: {
      status: { enum: ['ok', 'degraded', 'draining'] },
      clients_connected: { type: 'integer', minimum: 0 },
      mempool_active_txs: { type: 'integer', minimum: 0 },
      mempool_received_txs: { type: 'integer', minimum: 0 },
      mempool_filtered_txs: { type: 'integer', minimum: 0 },
      last_block: { $ref: '#/$defs/LastBlock' },
      price_status: { $ref: '#/$defs/PriceStatus' },
      uptime_seconds: { type: 'integer', minimum: 0 },
      /** True when the price is made up; each source says so for itself. */
      demo: { type: 'boolean' },
      sources: { type: 'object', additionalProperties: { $ref: '#/$defs/SourceHealth' } },
      pipeline: { $ref: '#/$defs/PipelineHealth' },
      heatmap: { $ref: '#/$defs/HeatmapHealth' },
      store: { $ref: '#/$defs/StoreHealth' },
      version: { type: 'string' },
    },
    required: [
      'status',
      'clients_connected',
      'mempool_active_txs',
      'mempool_received_txs',
      'mempool_filtered_txs',
      'last_block',
      'price_status',
      'uptime_seconds',
      'demo',
      'sources',
      'pipeline',
      'heatmap',
      'store',
      'version',
    ],
  },
  /** `GET /ws/stats`: what became of the WebSockets since the start, over all processes. */
  WsStatsBody: {
    type: 'object',
    properties: {
      /** Worker processes that take clients now; 0 where one process does all. */
      workers: { type: 'integer', minimum: 0 },
      /** Open now. */
      active_connections: { type: 'integer', minimum: 0 },
      /** Messages of a channel or symbol, one for each client that was sent it. */
      messages_sent: { type: 'integer', minimum: 0 },
      /** The same, of the last 60 s. */
      messages_sent_1m: { type: 'integer', minimum: 0 },
      /** Messages that a client did not take in time, and newer ones took the place of. */
      messages_dropped: { type: 'integer', minimum: 0 },
      /** How often a client was warned or closed for being slow. */
      slow_consumers: { type: 'integer', minimum: 0 },
      /** From the first write to the last, s, of the newest broadcasts; null before the first. */
      broadcast_duration_p50: { type: ['number', 'null'], minimum: 0 },
      broadcast_duration_p95: { type: ['number', 'null'], minimum: 0 },
      /** Clients that are subscribed now; every symbol that is served, and every channel. */
      subscriptions_by_symbol: { $ref: '#/$defs/CountsByName' },
      /** By close code, `other` for those that mean nothing; only codes that occurred. */
      disconnects_by_code: { $ref: '#/$defs/CountsByName' },
      /** WebSockets that were refused, by the code of the refusal; only codes that occurred. */
      refused_by_reason: { $ref: '#/$defs/CountsByName' },
    },
    required: [
      'workers',
      'active_connections',
      'messages_sent',
      'messages_sent_1m',
      'messages_dropped',
      'slow_consumers',
      'broadcast_duration_p50',
      'broadcast_duration_p95',
      'subscriptions_by_symbol',
      'disconnects_by_code',
      'refused_by_reason',
    ],
  },
  /** `GET /api/v1/price`: the `data` of the newest price_update. */
  PriceBody: {
    type: 'object',
    properties: {
      price: { $ref: '#/$defs/PriceOrNull' },
      confidence: { $ref: '#/$defs/Confidence' },
      timestamp: { $ref: '#/$defs/UnixSeconds' },
      as_of: { $ref: '#/$defs/UnixSeconds' },
      sample_size: { type: 'integer', minimum: 0 },
      low: { $ref: '#/$defs/PriceOrNull' },
      high: { $ref: '#/$defs/PriceOrNull' },
      status: { $ref: '#/$defs/PriceStatus' },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['price', 'confidence', 'timestamp', 'sample_size', 'low', 'high', 'status'],
  },
  /** `GET /api/v1/mempool`: what /ws/mempool would send on subscribing, for those who poll. */
  MempoolBody: {
    type: 'object',
    properties: {
      /** Sequences belong to it; see ResumePosition. */
      epoch: { type: 'string' },
      /** The server's time. */
      time: { $ref: '#/$defs/UnixSeconds' },
      /** Between two publications of the price: asking more often brings nothing. */
      update_interval_ms: { type: 'integer', minimum: 1 },
      /**
       * In the order in which the channels were asked for; nothing of those without news. Before
       * them the warning SOURCE_STALE while the source is lost.
       */
      messages: {
        type: 'array',
        items: {
          oneOf: [{ $ref: '#/$defs/MempoolMessage' }, { $ref: '#/$defs/WarningMessage' }],
        },
      },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['epoch', 'time', 'update_interval_ms', 'messages'],
  },
  /** Every REST error and every refused upgrade. */
  ErrorBody: {
    type: 'object',
    properties: {
      error: {
        type: 'object',
        properties: {
          code: { type: 'string' },
          message: { type: 'string' },
          /** With INVALID_SYMBOL: the name as it was given; a long one is shortened. */
          symbol: { type: 'string' },
          /** With UPGRADE_REQUIRED: the subprotocols that are spoken here. */
          protocols: { type: 'array', items: { type: 'string' } },
        },
        required: ['code', 'message'],
      },
    },
    required: ['error'],
  },
} as const;
