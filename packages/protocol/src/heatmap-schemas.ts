/**
 * The messages of /ws/heatmap and the REST bodies of the same data, as JSON Schema; `$ref`s point
 * into these and into schemas.ts. Prices are in USD, densities and volumes in USD of positions.
 */
export const heatmapSchemas = {
  /** ISO 8601 in UTC, such as 2026-01-05T10:00:00Z. */
  IsoTime: { type: 'string' },
  /** The name of a market, such as BTCUSDT. */
  Symbol: { type: 'string' },

  /** What would be liquidated from `price` up to the next bucket. */
  HeatmapLevelBody: {
    type: 'object',
    properties: {
      price: { type: 'number' },
      long_density: { type: 'number', minimum: 0 },
      short_density: { type: 'number', minimum: 0 },
    },
    required: ['price', 'long_density', 'short_density'],
  },
  /** A stretch of time of which candles or open interest are missing. */
  HeatmapGap: {
    type: 'object',
    properties: {
      what: { enum: ['candles', 'open_interest'] },
      from: { $ref: '#/$defs/IsoTime' },
      to: { $ref: '#/$defs/IsoTime' },
    },
    required: ['what', 'from', 'to'],
  },
  HeatmapData: {
    type: 'object',
    properties: {
      /** By rising price; buckets that hold nothing are left out. */
      levels: { type: 'array', items: { $ref: '#/$defs/HeatmapLevelBody' } },
      current_price: { type: 'number' },
      bucket_size: { type: 'number' },
      total_long: { type: 'number', minimum: 0 },
      total_short: { type: 'number', minimum: 0 },
      /** Positions (one for each side, leverage and candle) since the history begins. */
      positions_created: { type: 'integer', minimum: 0 },
      positions_consumed: { type: 'integer', minimum: 0 },
      gaps: { type: 'array', items: { $ref: '#/$defs/HeatmapGap' } },
    },
    required: [
      'levels',
      'current_price',
      'bucket_size',
      'total_long',
      'total_short',
      'positions_created',
      'positions_consumed',
      'gaps',
    ],
  },
  /** A whole map, also `GET /api/v1/heatmap/{symbol}`. */
  HeatmapMessage: {
    type: 'object',
    properties: {
      type: { const: 'snapshot' },
      symbol: { $ref: '#/$defs/Symbol' },
      timestamp: { $ref: '#/$defs/IsoTime' },
      epoch: { type: 'string' },
      seq: { $ref: '#/$defs/Seq' },
      data: { $ref: '#/$defs/HeatmapData' },
      demo: { $ref: '#/$defs/DemoMark' },
      /** Over HTTP only, where no warning tells: since when its venue is silent; absent: it is not. */
      stale_since: { $ref: '#/$defs/UnixSeconds' },
    },
    required: ['type', 'symbol', 'timestamp', 'epoch', 'seq', 'data'],
  },
  /** Every message that the server sends on /ws/heatmap. */
  HeatmapServerMessage: {
    oneOf: [
      { $ref: '#/$defs/HelloMessage' },
      { $ref: '#/$defs/HeatmapMessage' },
      { $ref: '#/$defs/PongMessage' },
      { $ref: '#/$defs/ErrorMessage' },
      { $ref: '#/$defs/WarningMessage' },
    ],
  },

  /** Where a client stands in a channel. */
  ResumePosition: {
    type: 'object',
    properties: { epoch: { type: 'string' }, seq: { $ref: '#/$defs/Seq' } },
    required: ['epoch', 'seq'],
  },
  SymbolList: {
    type: 'array',
    items: { $ref: '#/$defs/Symbol' },
    minItems: 1,
    maxItems: 10,
  },
  HeatmapSubscribe: {
    type: 'object',
    properties: {
      action: { const: 'subscribe' },
      symbols: { $ref: '#/$defs/SymbolList' },
      /** Seconds between two snapshots of a symbol at the least; absent: WS_UPDATE_INTERVAL. */
      update_interval: { type: 'number', minimum: 1, maximum: 60 },
      /** By symbol: what the client has. When that is still current nothing is sent at once. */
      resume: { type: 'object', additionalProperties: { $ref: '#/$defs/ResumePosition' } },
    },
    required: ['action', 'symbols'],
  },
  HeatmapUnsubscribe: {
    type: 'object',
    properties: {
      action: { const: 'unsubscribe' },
      symbols: { $ref: '#/$defs/SymbolList' },
    },
    required: ['action', 'symbols'],
  },
  HeatmapClientMessage: {
    oneOf: [
      { $ref: '#/$defs/HeatmapSubscribe' },
      { $ref: '#/$defs/HeatmapUnsubscribe' },
      { $ref: '#/$defs/PingAction' },
      { $ref: '#/$defs/PingMessage' },
    ],
  },

  /** `GET /api/v1/symbols` */
  SymbolsBody: {
    type: 'object',
    properties: {
      symbols: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            symbol: { $ref: '#/$defs/Symbol' },
            venues: { type: 'array', items: { type: 'string' } },
            /** Length of the candles it is made from, such as 5m. */
            interval: { type: 'string' },
            /** USD; null before the first candle. */
            bucket_size: { type: ['number', 'null'] },
          },
          required: ['symbol', 'venues', 'interval', 'bucket_size'],
        },
      },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['symbols'],
  },
  KlineBody: {
    type: 'object',
    properties: {
      /** When it opened. */
      time: { $ref: '#/$defs/UnixSeconds' },
      open: { type: 'number' },
      high: { type: 'number' },
      low: { type: 'number' },
      close: { type: 'number' },
      /** In the base currency. */
      volume: { type: 'number' },
    },
    required: ['time', 'open', 'high', 'low', 'close', 'volume'],
  },
  /** `GET /api/v1/klines/{symbol}` */
  KlinesBody: {
    type: 'object',
    properties: {
      symbol: { $ref: '#/$defs/Symbol' },
      interval: { type: 'string' },
      klines: { type: 'array', items: { $ref: '#/$defs/KlineBody' } },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['symbol', 'interval', 'klines'],
  },
  HeatmapColumn: {
    type: 'object',
    properties: {
      /** The end of the column: what is open then. */
      timestamp: { $ref: '#/$defs/IsoTime' },
      levels: { type: 'array', items: { $ref: '#/$defs/HeatmapLevelBody' } },
    },
    required: ['timestamp', 'levels'],
  },
  /** `GET /liquidations/heatmap-timeseries` */
  HeatmapTimeSeriesBody: {
    type: 'object',
    properties: {
      data: { type: 'array', items: { $ref: '#/$defs/HeatmapColumn' } },
      meta: {
        type: 'object',
        properties: {
          symbol: { $ref: '#/$defs/Symbol' },
          interval: { type: 'string' },
          /** Null when there is no candle to choose it by, and none was asked for. */
          price_bin_size: { type: ['number', 'null'] },
          total_snapshots: { type: 'integer', minimum: 0 },
          /** From the lower edge of the lowest level to the upper edge of the highest. */
          price_range: {
            oneOf: [
              { type: 'null' },
              {
                type: 'object',
                properties: { min: { type: 'number' }, max: { type: 'number' } },
                required: ['min', 'max'],
              },
            ],
          },
          /** Open in the last column, USD. */
          total_long_volume: { type: 'number', minimum: 0 },
          total_short_volume: { type: 'number', minimum: 0 },
          /** Liquidated, by the model, between start and end, USD. */
          total_consumed: { type: 'number', minimum: 0 },
        },
        required: [
          'symbol',
          'interval',
          'price_bin_size',
          'total_snapshots',
          'price_range',
          'total_long_volume',
          'total_short_volume',
          'total_consumed',
        ],
      },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['data', 'meta'],
  },
  /** `GET /api/v1/price/history` */
  PriceHistoryBody: {
    type: 'object',
    properties: {
      points: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            time: { $ref: '#/$defs/UnixSeconds' },
            price: { type: 'number' },
            low: { type: 'number' },
            high: { type: 'number' },
            confidence: { $ref: '#/$defs/Confidence' },
          },
          required: ['time', 'price', 'low', 'high', 'confidence'],
        },
        maxItems: 5000,
      },
      demo: { $ref: '#/$defs/DemoMark' },
    },
    required: ['points'],
  },
} as const;
