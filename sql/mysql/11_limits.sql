-- Limits that people set on the board, and what came of them. No tables of the job: no stream
-- writes here, and what a start from scratch empties is not these.

CREATE TABLE IF NOT EXISTS pnl_limit (
    limit_id          BIGINT         NOT NULL AUTO_INCREMENT,
    version           INT            NOT NULL,
    enabled           BOOLEAN        NOT NULL,
    scope             VARCHAR(8)     NOT NULL,
    sport             VARCHAR(64)    NOT NULL,
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    measure           VARCHAR(16)    NOT NULL,
    bound             DECIMAL(30,4)  NOT NULL,
    note              VARCHAR(255)   NOT NULL,
    created_by        VARCHAR(64)    NOT NULL,
    created_at        DATETIME(3)    NOT NULL,
    PRIMARY KEY (limit_id)
);

-- A breach keeps what the limit said, for the limit may be changed or deleted. The two generated
-- columns are the database's own word: one open breach a limit, however many boards look at it,
-- and what somebody is still to be told. The same beginning written twice is one.
CREATE TABLE IF NOT EXISTS limit_breach (
    breach_id         BIGINT         NOT NULL AUTO_INCREMENT,
    limit_id          BIGINT         NOT NULL,
    limit_version     INT            NOT NULL,
    scope             VARCHAR(8)     NOT NULL,
    sport             VARCHAR(64)    NOT NULL,
    game_id           VARCHAR(64)    NOT NULL,
    market            VARCHAR(64)    NOT NULL,
    line              VARCHAR(16)    NOT NULL,
    measure           VARCHAR(16)    NOT NULL,
    bound             DECIMAL(30,4)  NOT NULL,
    note              VARCHAR(255)   NOT NULL,
    began_at          DATETIME(3)    NOT NULL,
    began_value       DECIMAL(30,4)  NOT NULL,
    worst_value       DECIMAL(30,4)  NOT NULL,
    ended_at          DATETIME(3),
    ended_value       DECIMAL(30,4),
    ended_because     VARCHAR(16),
    acknowledged_by   VARCHAR(64),
    acknowledged_at   DATETIME(3),
    tell              BOOLEAN        NOT NULL,
    begin_notified_at DATETIME(3),
    end_notified_at   DATETIME(3),
    tries             INT            NOT NULL,
    next_try_at       DATETIME(3)    NOT NULL,
    problem           VARCHAR(255)   NOT NULL,
    open_limit_id     BIGINT         GENERATED ALWAYS AS
                                     (CASE WHEN ended_at IS NULL THEN limit_id END) STORED,
    untold            INT            GENERATED ALWAYS AS
                                     (CASE WHEN tell AND (begin_notified_at IS NULL
                                      OR (ended_at IS NOT NULL AND end_notified_at IS NULL))
                                      THEN 1 END) STORED,
    PRIMARY KEY (breach_id),
    UNIQUE INDEX one_open (open_limit_id),
    UNIQUE INDEX one_beginning (limit_id, began_at),
    INDEX to_tell (untold, next_try_at)
);
