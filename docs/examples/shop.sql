-- A sportsbook's own tables: a ticket with its legs, games, and how their selections ended.
CREATE DATABASE IF NOT EXISTS betpnl_shop CHARACTER SET utf8mb4;

CREATE TABLE betpnl_shop.game (
    id         VARCHAR(64) NOT NULL PRIMARY KEY,
    sport      VARCHAR(32) NOT NULL,
    league     VARCHAR(64) NOT NULL DEFAULT '',
    home       VARCHAR(64) NOT NULL,
    away       VARCHAR(64) NOT NULL,
    starts_at  DATETIME(3) NULL,
    state      ENUM('scheduled', 'live', 'ended', 'cancelled') NOT NULL DEFAULT 'scheduled',
    minute     SMALLINT UNSIGNED NULL,
    score_home SMALLINT UNSIGNED NULL,
    score_away SMALLINT UNSIGNED NULL
);

CREATE TABLE betpnl_shop.ticket (
    id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BIGINT UNSIGNED NOT NULL,
    state       ENUM('open', 'refused', 'void', 'cashed_out') NOT NULL DEFAULT 'open',
    currency    CHAR(3) NOT NULL DEFAULT 'EUR',
    fx_rate     DECIMAL(16, 10) NULL,
    stake       DECIMAL(14, 3) NOT NULL,
    free_bet    TINYINT(1) NOT NULL DEFAULT 0,
    cashed_part DECIMAL(9, 8) NULL,
    cashed_paid DECIMAL(14, 3) NULL,
    placed_at   DATETIME(3) NOT NULL
);

CREATE TABLE betpnl_shop.leg (
    ticket_id   BIGINT UNSIGNED NOT NULL,
    position    TINYINT UNSIGNED NOT NULL,
    game_id     VARCHAR(64) NOT NULL,
    market      VARCHAR(64) NOT NULL,
    line        DECIMAL(6, 2) NULL,
    selection   VARCHAR(64) NOT NULL,
    odds        DECIMAL(10, 4) NOT NULL,
    in_play     TINYINT(1) NOT NULL DEFAULT 0,
    market_odds JSON NULL,
    PRIMARY KEY (ticket_id, position)
);

CREATE TABLE betpnl_shop.outcome (
    id         INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    game_id    VARCHAR(64) NOT NULL,
    market     VARCHAR(64) NOT NULL,
    line       DECIMAL(6, 2) NULL,
    selection  VARCHAR(64) NOT NULL,
    outcome    ENUM('win', 'lose', 'half_win', 'half_lose', 'void', 'push') NOT NULL,
    settled_at DATETIME(3) NOT NULL
);
