-- Every table has one writer: a sink of the job. Sinks write values, never x = x + ?, so what a
-- restart writes again is what stood there. Keys compare byte by byte, as Flink's do.
-- updated_at is the server's own clock and no sink's business: it moves when a row's values do, and
-- by it the API finds the games that changed.

CREATE TABLE IF NOT EXISTS bet (
    bet_id            VARCHAR(64)    NOT NULL,
    version           BIGINT         NOT NULL,
    status            VARCHAR(16)    NOT NULL,
    accepted_at       DATETIME(3)    NOT NULL,
    customer_id       VARCHAR(64)    NOT NULL,
    channel           VARCHAR(64)    NOT NULL,
    region            VARCHAR(64)    NOT NULL,
    currency          CHAR(3)        NOT NULL,
    fx_rate           DECIMAL(16,10) NOT NULL,
    stake             DECIMAL(13,3)  NOT NULL,
    stake_type        VARCHAR(8)     NOT NULL,
    bet_type          VARCHAR(16)    NOT NULL,
    leg_count         INT            NOT NULL,
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    selection         VARCHAR(64)    NOT NULL,
    odds              DECIMAL(20,4)   NOT NULL,
    p_win             DECIMAL(9,8)   NOT NULL,
    model_version     VARCHAR(64)    NOT NULL,
    predicted_win     BOOLEAN        NOT NULL,
    margin            DECIMAL(9,8)   NOT NULL,
    handle            DECIMAL(20,4)  NOT NULL,
    bonus_handle      DECIMAL(20,4)  NOT NULL,
    handle_riding     DECIMAL(20,4)  NOT NULL,
    cash_out_handle   DECIMAL(20,4)  NOT NULL,
    cash_out_paid     DECIMAL(20,4)  NOT NULL,
    payout_win        DECIMAL(20,4)  NOT NULL,
    payout_half_win   DECIMAL(20,4)  NOT NULL,
    payout_half_lose  DECIMAL(20,4)  NOT NULL,
    expected_payout   DECIMAL(20,4)  NOT NULL,
    expected_pnl      DECIMAL(20,4)  NOT NULL,
    predicted_pnl     DECIMAL(20,4)  NOT NULL,
    theoretical_pnl   DECIMAL(20,4)  NOT NULL,
    cash_out_pnl      DECIMAL(20,4)  NOT NULL,
    legs              MEDIUMTEXT     NOT NULL,
    terms             VARCHAR(2000)  NOT NULL DEFAULT '{}',
    adjustment        BIGINT         NOT NULL DEFAULT 0,
    market_cancelled  BOOLEAN        NOT NULL DEFAULT FALSE,
    PRIMARY KEY (bet_id),
    INDEX bet_by_game (game_id, accepted_at)
);

CREATE TABLE IF NOT EXISTS bet_version (
    bet_id            VARCHAR(64)    NOT NULL,
    age               BIGINT         NOT NULL,
    version           BIGINT         NOT NULL,
    status            VARCHAR(16)    NOT NULL,
    accepted_at       DATETIME(3)    NOT NULL,
    currency          CHAR(3)        NOT NULL,
    fx_rate           DECIMAL(16,10) NOT NULL,
    stake             DECIMAL(13,3)  NOT NULL,
    stake_type        VARCHAR(8)     NOT NULL,
    bet_type          VARCHAR(16)    NOT NULL,
    p_win             DECIMAL(9,8)   NOT NULL,
    model_version     VARCHAR(64)    NOT NULL,
    handle            DECIMAL(20,4)  NOT NULL,
    cash_out_handle   DECIMAL(20,4)  NOT NULL,
    cash_out_paid     DECIMAL(20,4)  NOT NULL,
    payout_win        DECIMAL(20,4)  NOT NULL,
    expected_pnl      DECIMAL(20,4)  NOT NULL,
    legs              MEDIUMTEXT     NOT NULL,
    terms             VARCHAR(2000)  NOT NULL DEFAULT '{}',
    adjustment        BIGINT         NOT NULL DEFAULT 0,
    market_cancelled  BOOLEAN        NOT NULL DEFAULT FALSE,
    PRIMARY KEY (bet_id, age)
);

CREATE TABLE IF NOT EXISTS bet_rate (
    bet_id            VARCHAR(64)    NOT NULL,
    currency          CHAR(3)        NOT NULL,
    accepted_at       DATETIME(3)    NOT NULL,
    fx_rate           DECIMAL(16,10) NOT NULL,
    PRIMARY KEY (bet_id),
    INDEX bet_rate_by_time (currency, accepted_at, fx_rate)
);

CREATE TABLE IF NOT EXISTS fx_rate (
    currency          CHAR(3)        NOT NULL,
    valid_from        DATETIME(3)    NOT NULL,
    version           BIGINT         NOT NULL,
    rate              DECIMAL(16,10) NOT NULL,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (currency, valid_from)
);

CREATE TABLE IF NOT EXISTS market_cancel (
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    version           BIGINT         NOT NULL,
    begins_at         DATETIME(3),
    ends_at           DATETIME(3),
    status            VARCHAR(16)    NOT NULL,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id, market, line)
);

CREATE TABLE IF NOT EXISTS ticket_leg (
    bet_id            VARCHAR(64)    NOT NULL,
    leg_number        BIGINT         NOT NULL,
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    selection         VARCHAR(64)    NOT NULL,
    odds              DECIMAL(20,4)  NOT NULL,
    p_win             DECIMAL(9,8)   NOT NULL,
    predicted_win     BOOLEAN        NOT NULL,
    accepted_at       DATETIME(3)    NOT NULL,
    PRIMARY KEY (bet_id, leg_number),
    INDEX ticket_leg_by_game (game_id, accepted_at)
);

CREATE TABLE IF NOT EXISTS game_placed (
    game_id           VARCHAR(64)    NOT NULL,
    bets              BIGINT         NOT NULL,
    riding_bets       BIGINT         NOT NULL,
    handle            DECIMAL(30,4)  NOT NULL,
    bonus_handle      DECIMAL(30,4)  NOT NULL,
    handle_riding     DECIMAL(30,4)  NOT NULL,
    cash_out_handle   DECIMAL(30,4)  NOT NULL,
    cash_out_paid     DECIMAL(30,4)  NOT NULL,
    expected_payout   DECIMAL(30,4)  NOT NULL,
    expected_pnl      DECIMAL(30,4)  NOT NULL,
    predicted_pnl     DECIMAL(30,4)  NOT NULL,
    theoretical_pnl   DECIMAL(30,4)  NOT NULL,
    cash_out_pnl      DECIMAL(30,4)  NOT NULL,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id)
);

CREATE TABLE IF NOT EXISTS game_minute (
    game_id           VARCHAR(64)    NOT NULL,
    minute            DATETIME(3)    NOT NULL,
    bets              BIGINT         NOT NULL,
    handle            DECIMAL(30,4)  NOT NULL,
    expected_pnl      DECIMAL(30,4)  NOT NULL,
    predicted_pnl     DECIMAL(30,4)  NOT NULL,
    theoretical_pnl   DECIMAL(30,4)  NOT NULL,
    cash_out_pnl      DECIMAL(30,4)  NOT NULL DEFAULT 0,
    PRIMARY KEY (game_id, minute)
);

CREATE TABLE IF NOT EXISTS sport_second (
    sport             VARCHAR(64)    NOT NULL,
    second            DATETIME(3)    NOT NULL,
    bets              BIGINT         NOT NULL,
    handle            DECIMAL(30,4)  NOT NULL,
    expected_pnl      DECIMAL(30,4)  NOT NULL,
    predicted_pnl     DECIMAL(30,4)  NOT NULL,
    theoretical_pnl   DECIMAL(30,4)  NOT NULL,
    cash_out_pnl      DECIMAL(30,4)  NOT NULL DEFAULT 0,
    PRIMARY KEY (sport, second)
);

CREATE TABLE IF NOT EXISTS segment_placed (
    sport             VARCHAR(64)    NOT NULL,
    competition       VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    channel           VARCHAR(64)    NOT NULL,
    region            VARCHAR(64)    NOT NULL,
    currency          CHAR(3)        NOT NULL,
    bets              BIGINT         NOT NULL,
    riding_bets       BIGINT         NOT NULL,
    handle            DECIMAL(30,4)  NOT NULL,
    bonus_handle      DECIMAL(30,4)  NOT NULL,
    handle_riding     DECIMAL(30,4)  NOT NULL,
    expected_payout   DECIMAL(30,4)  NOT NULL,
    expected_pnl      DECIMAL(30,4)  NOT NULL,
    theoretical_pnl   DECIMAL(30,4)  NOT NULL,
    cash_out_pnl      DECIMAL(30,4)  NOT NULL,
    PRIMARY KEY (sport, competition, market, channel, region, currency)
);

CREATE TABLE IF NOT EXISTS segment_settled (
    sport             VARCHAR(64)    NOT NULL,
    competition       VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    channel           VARCHAR(64)    NOT NULL,
    region            VARCHAR(64)    NOT NULL,
    currency          CHAR(3)        NOT NULL,
    bets              BIGINT         NOT NULL,
    handle            DECIMAL(30,4)  NOT NULL,
    payout            DECIMAL(30,4)  NOT NULL,
    expected_payout   DECIMAL(30,4)  NOT NULL,
    revalued          DECIMAL(30,4)  NOT NULL,
    PRIMARY KEY (sport, competition, market, channel, region, currency)
);

CREATE TABLE IF NOT EXISTS selection_book (
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    selection         VARCHAR(64)    NOT NULL,
    bets              BIGINT         NOT NULL,
    handle_riding     DECIMAL(30,4)  NOT NULL,
    expected_payout   DECIMAL(30,4)  NOT NULL,
    payout_win        DECIMAL(30,4)  NOT NULL,
    payout_half_win   DECIMAL(30,4)  NOT NULL,
    payout_half_lose  DECIMAL(30,4)  NOT NULL,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id, market, line, selection)
);

CREATE TABLE IF NOT EXISTS selection_scored (
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    selection         VARCHAR(64)    NOT NULL,
    sport             VARCHAR(64)    NOT NULL,
    model_version     VARCHAR(64)    NOT NULL,
    role              VARCHAR(16)    NOT NULL,
    band              DECIMAL(3,2)   NOT NULL,
    bets              BIGINT         NOT NULL,
    p                 DECIMAL(30,8)  NOT NULL,
    p_squared         DECIMAL(38,16) NOT NULL,
    ln_p              DECIMAL(30,6)  NOT NULL,
    ln_not_p          DECIMAL(30,6)  NOT NULL,
    PRIMARY KEY (game_id, market, line, selection, sport, model_version, role, band)
);

CREATE TABLE IF NOT EXISTS selection_ticket (
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    selection         VARCHAR(64)    NOT NULL,
    tickets           BIGINT         NOT NULL,
    handle_riding     DECIMAL(30,4)  NOT NULL,
    payout_win        DECIMAL(30,4)  NOT NULL,
    product_payout    DECIMAL(30,4)  NOT NULL DEFAULT 0,
    swing             DECIMAL(30,4)  NOT NULL DEFAULT 0,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id, market, line, selection)
);

CREATE TABLE IF NOT EXISTS selection_ticket_gone (
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    selection         VARCHAR(64)    NOT NULL,
    tickets           BIGINT         NOT NULL,
    handle_riding     DECIMAL(30,4)  NOT NULL,
    payout_win        DECIMAL(30,4)  NOT NULL,
    product_payout    DECIMAL(30,4)  NOT NULL DEFAULT 0,
    swing             DECIMAL(30,4)  NOT NULL DEFAULT 0,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id, market, line, selection)
);

CREATE TABLE IF NOT EXISTS selection_result (
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    selection         VARCHAR(64)    NOT NULL,
    version           BIGINT         NOT NULL,
    status            VARCHAR(16)    NOT NULL,
    result            VARCHAR(16),
    dead_heat_winners INT            NOT NULL,
    dead_heat_tied    INT            NOT NULL,
    certainty         VARCHAR(64)    NOT NULL,
    settled_at        DATETIME(3)    NOT NULL,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id, market, line, selection)
);

CREATE TABLE IF NOT EXISTS game_settled (
    game_id           VARCHAR(64)    NOT NULL,
    bets              BIGINT         NOT NULL,
    handle            DECIMAL(30,4)  NOT NULL,
    payout            DECIMAL(30,4)  NOT NULL,
    expected_payout   DECIMAL(30,4)  NOT NULL,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id)
);

CREATE TABLE IF NOT EXISTS ticket_settled (
    bet_id            VARCHAR(64)    NOT NULL,
    result            VARCHAR(16)    NOT NULL,
    handle            DECIMAL(20,4)  NOT NULL,
    payout            DECIMAL(20,4)  NOT NULL,
    expected_payout   DECIMAL(20,4)  NOT NULL,
    PRIMARY KEY (bet_id)
);

CREATE TABLE IF NOT EXISTS game_ticket_settled (
    game_id           VARCHAR(64)    NOT NULL,
    bets              BIGINT         NOT NULL,
    handle            DECIMAL(30,4)  NOT NULL,
    payout            DECIMAL(30,4)  NOT NULL,
    expected_payout   DECIMAL(30,4)  NOT NULL,
    revalued          DECIMAL(30,4)  NOT NULL DEFAULT 0,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id)
);

CREATE TABLE IF NOT EXISTS game_settled_second (
    game_id           VARCHAR(64)    NOT NULL,
    second            DATETIME(3)    NOT NULL,
    bets              BIGINT         NOT NULL,
    handle            DECIMAL(30,4)  NOT NULL,
    payout            DECIMAL(30,4)  NOT NULL,
    expected_payout   DECIMAL(30,4)  NOT NULL,
    revalued          DECIMAL(30,4)  NOT NULL DEFAULT 0,
    PRIMARY KEY (game_id, second),
    INDEX settled_by_second (second)
);

CREATE TABLE IF NOT EXISTS selection_price (
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    selection         VARCHAR(64)    NOT NULL,
    version           BIGINT         NOT NULL,
    odds              DECIMAL(20,4)   NOT NULL,
    probability       DECIMAL(9,8)   NOT NULL,
    model_version     VARCHAR(64)    NOT NULL DEFAULT '',
    priced_at         DATETIME(3)    NOT NULL,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id, market, line, selection)
);

CREATE TABLE IF NOT EXISTS game (
    game_id           VARCHAR(64)    NOT NULL,
    version           BIGINT         NOT NULL,
    sport             VARCHAR(64)    NOT NULL,
    competition       VARCHAR(64)    NOT NULL,
    home              VARCHAR(64)    NOT NULL,
    away              VARCHAR(64)    NOT NULL,
    starts_at         DATETIME(3),
    status            VARCHAR(16)    NOT NULL,
    minute            INT,
    score_home        INT,
    score_away        INT,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id)
);

CREATE TABLE IF NOT EXISTS bet_reject (
    topic             VARCHAR(64)    NOT NULL,
    log_partition     INT            NOT NULL,
    log_offset        BIGINT         NOT NULL,
    arrived_at        DATETIME(3)    NOT NULL,
    reason            VARCHAR(255)   NOT NULL,
    excerpt           VARCHAR(2000)  NOT NULL,
    PRIMARY KEY (topic, log_partition, log_offset)
);
