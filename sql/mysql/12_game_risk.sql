-- What each game's open singles can still bring, over all final scores. Written by `betpnl upkeep`
-- alone, from the job's tables; no stream writes here.
CREATE TABLE IF NOT EXISTS game_risk (
    game_id           VARCHAR(64)    NOT NULL,
    worst_case        DECIMAL(30,4)  NOT NULL,
    best_case         DECIMAL(30,4)  NOT NULL,
    worst_score       VARCHAR(16)    NOT NULL,
    best_score        VARCHAR(16)    NOT NULL,
    updated_at        DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
                                     ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (game_id)
);
