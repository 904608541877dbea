-- A sportsbook that keeps each bet in one row, with a version of its own.
CREATE DATABASE IF NOT EXISTS betpnl_single CHARACTER SET utf8mb4;

CREATE TABLE betpnl_single.bet (
    reference  VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    revision   INT UNSIGNED NOT NULL DEFAULT 1,
    state      ENUM('accepted', 'rejected', 'cancelled') NOT NULL DEFAULT 'accepted',
    stake      DECIMAL(12, 2) NOT NULL,
    event      VARCHAR(64) NOT NULL,
    sport      VARCHAR(32) NOT NULL,
    market     VARCHAR(64) NOT NULL,
    pick       VARCHAR(64) NOT NULL,
    price      DECIMAL(8, 3) NOT NULL,
    created    TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
);
