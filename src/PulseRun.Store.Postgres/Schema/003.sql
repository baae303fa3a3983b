-- One allowance of requests for one key. The blocks are counted instead of a number of tokens, because the server counts a sliding minute: a full bucket that refills would exceed it.
DROP TABLE pulserun.rate_allowance;
CREATE TABLE pulserun.rate_allowance (account integer PRIMARY KEY, per_minute integer NOT NULL, is_open boolean NOT NULL DEFAULT false, probed_at bigint, held_until bigint);
-- A block counts until one minute after its expiry, because its last request may be sent right before.
CREATE TABLE pulserun.rate_block (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account integer NOT NULL, owner text NOT NULL, requests integer NOT NULL, is_spent boolean NOT NULL DEFAULT false, drawn_at bigint NOT NULL, counts_until bigint NOT NULL
);
CREATE INDEX rate_block_account ON pulserun.rate_block (account);
-- The hosts that were refused a block. The one that waits longest is served first.
CREATE TABLE pulserun.rate_wait (account integer NOT NULL, owner text NOT NULL, since bigint NOT NULL, valid_until bigint NOT NULL, PRIMARY KEY (account, owner));
