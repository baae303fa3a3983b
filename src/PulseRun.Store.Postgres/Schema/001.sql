-- The tables of the team store. Times are milliseconds since 1970 (UTC), as in the local store; the times of leases and runs are the database's own.
CREATE TABLE pulserun.account (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, digest text NOT NULL UNIQUE, service text,
    -- Readings before this time have expired, even while their partition is still there.
    kept_from bigint NOT NULL DEFAULT 0,
    -- The difference of the last writer's clock from the database's, to find a host whose clock is wrong.
    clock_owner text, clock_offset bigint, clock_at timestamptz
);

CREATE TABLE pulserun.launch (
    intent uuid PRIMARY KEY, account integer NOT NULL,
    gpu text NOT NULL, template text NOT NULL, docker_image text, disk_size_gb integer, region text, spot boolean, ssh_key_id text,
    provider text, auto_migrate boolean, auto_spot_recovery boolean, budget_limit numeric,
    requested_at bigint NOT NULL, request_timeout bigint, max_hourly numeric, max_fleet numeric, unknown_price boolean NOT NULL DEFAULT false, price numeric, origin text,
    owner text, host text,
    sent_at bigint, boot text, sent_tick bigint, ended_tick bigint, answered boolean NOT NULL DEFAULT false, met_boot text, met_tick bigint,
    instance text, outcome integer, matched_by text, resolved_at bigint,
    told boolean NOT NULL DEFAULT false, gone boolean NOT NULL DEFAULT false, look_again boolean NOT NULL DEFAULT false, seen_upto bigint
);
-- An instance can be claimed by one intent only, of all hosts.
CREATE UNIQUE INDEX launch_instance ON pulserun.launch (account, instance) WHERE instance IS NOT NULL;
CREATE INDEX launch_open ON pulserun.launch (account, requested_at) WHERE outcome IS NULL;
CREATE INDEX launch_untold ON pulserun.launch (account, requested_at) WHERE outcome = 1 AND NOT told;
CREATE INDEX launch_look_again ON pulserun.launch (account, requested_at) WHERE outcome = 2 AND look_again;

CREATE TABLE pulserun.price (
    account integer NOT NULL, gpu text NOT NULL, spot boolean NOT NULL, provider text NOT NULL, region text NOT NULL,
    cost numeric NOT NULL, seen_at bigint NOT NULL, PRIMARY KEY (account, gpu, spot, provider, region)
);

-- The notes of instances, as in the local store.
CREATE TABLE pulserun.note (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, service text NOT NULL, account integer, instance text, intent uuid UNIQUE,
    name text, name_key text, tags text, launched_by text, lifetime bigint, expires_at bigint, at_expiry integer NOT NULL DEFAULT 0, off_since bigint,
    gone_since bigint, removed boolean NOT NULL DEFAULT false, bound_at bigint NOT NULL, changed_at bigint NOT NULL,
    protected_at bigint, protected_until bigint, protect_reason text,
    warned_for bigint, warn_owner text, warn_claimed bigint, warn_valid bigint
);
CREATE UNIQUE INDEX note_instance ON pulserun.note (service, instance) WHERE instance IS NOT NULL;
CREATE UNIQUE INDEX note_name ON pulserun.note (account, name_key) WHERE name_key IS NOT NULL AND gone_since IS NULL;
CREATE INDEX note_protection ON pulserun.note (instance) WHERE protected_at IS NOT NULL;

-- The identity is drawn in the order in which instances are first seen; a launch compares it with the last number drawn when it was sent.
CREATE TABLE pulserun.instance (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account integer NOT NULL, name text NOT NULL, first_seen bigint NOT NULL,
    first_sample bigint, first_judged bigint, last_sample bigint, last_judged bigint, state_since bigint,
    gpu text, provider text, region text, template text, spot boolean,
    gpu_above bigint, gpu_fraction bigint,
    asked_at bigint, misses integer NOT NULL DEFAULT 0, leased_until bigint, kept integer NOT NULL DEFAULT 0, kept_at bigint, keeps integer NOT NULL DEFAULT 0,
    UNIQUE (account, name)
) WITH (fillfactor = 70);

-- One partition a day. No unique index: a block range index keeps a reading below 60 bytes, and equal times are merged when they are read.
CREATE TABLE pulserun.sample (
    ts bigint NOT NULL, judged bigint NOT NULL, instance integer NOT NULL, disk real, detail text
) PARTITION BY RANGE (ts);
CREATE INDEX sample_ts ON pulserun.sample USING brin (ts) WITH (pages_per_range = 16);

CREATE TABLE pulserun.state (
    instance integer NOT NULL, since bigint NOT NULL, last_seen bigint NOT NULL, largest_gap bigint NOT NULL,
    status text, cost numeric, started_at bigint, PRIMARY KEY (instance, since)
);
CREATE TABLE pulserun.stop (instance integer PRIMARY KEY, since bigint NOT NULL, last_look bigint NOT NULL, started_at bigint);
CREATE TABLE pulserun.look_gap (instance integer NOT NULL, ended bigint NOT NULL, length bigint NOT NULL, PRIMARY KEY (instance, ended));
CREATE TABLE pulserun.clock_reset (instance integer PRIMARY KEY, at bigint NOT NULL);
CREATE TABLE pulserun.reading_notice (account integer PRIMARY KEY, overload_at bigint NOT NULL);

-- A run counts as active until it ends or alive_until has passed.
CREATE TABLE pulserun.cleanup_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run uuid NOT NULL UNIQUE, account integer NOT NULL, host text NOT NULL, owner text NOT NULL,
    started timestamptz NOT NULL, alive_until timestamptz NOT NULL, act_lease interval NOT NULL, ended bigint
);
CREATE TABLE pulserun.cleanup_act (
    run bigint NOT NULL, account integer NOT NULL, instance text NOT NULL, token bigint NOT NULL, began timestamptz NOT NULL, PRIMARY KEY (run, instance)
);
CREATE INDEX cleanup_act_began ON pulserun.cleanup_act (account, began);
CREATE TABLE pulserun.cleanup_claim (
    account integer NOT NULL, instance text NOT NULL, run uuid NOT NULL, owner text NOT NULL, claimed bigint NOT NULL, valid bigint NOT NULL, PRIMARY KEY (account, instance)
);
CREATE TABLE pulserun.cleanup_stop (account integer NOT NULL, instance text NOT NULL, at bigint NOT NULL, PRIMARY KEY (account, instance, at));

-- The right to act on an instance. A run that takes an expired lease draws a new token; writes of the last holder with the old one change nothing.
CREATE SEQUENCE pulserun.lease_token;
CREATE TABLE pulserun.lease (
    account integer NOT NULL, instance text NOT NULL, token bigint NOT NULL, expires_at timestamptz NOT NULL, owner text NOT NULL, run uuid NOT NULL, host text NOT NULL,
    intent text NOT NULL, taken_at timestamptz NOT NULL, result text, ended_at timestamptz, PRIMARY KEY (account, instance)
);

CREATE TABLE pulserun.idle_warning (
    account integer NOT NULL, instance text NOT NULL, spell text NOT NULL, since bigint NOT NULL, confirmed bigint NOT NULL, delivered bigint,
    owner text, claimed bigint, valid bigint, PRIMARY KEY (account, instance)
);

-- One allowance of requests for one account, drawn in blocks that expire.
CREATE TABLE pulserun.rate_allowance (
    account integer PRIMARY KEY, per_minute double precision NOT NULL, tokens double precision NOT NULL, filled_at timestamptz NOT NULL, held_until timestamptz
);

-- The progress of Import-PRHistory, so that it can be started again.
CREATE TABLE pulserun.import (source text NOT NULL, step text NOT NULL, upto bigint NOT NULL, rows bigint NOT NULL, PRIMARY KEY (source, step));

-- Writers may add partitions and drop expired ones, and nothing else of the owner's.
CREATE FUNCTION pulserun.ensure_partition(day bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    name text := 'sample_' || to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
    IF to_regclass('pulserun.' || name) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(7305, 0);
    IF to_regclass('pulserun.' || name) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE pulserun.%I PARTITION OF pulserun.sample FOR VALUES FROM (%s) TO (%s)', name, day * 86400000, (day + 1) * 86400000);
END $f$;

CREATE FUNCTION pulserun.drop_partitions(before bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    part text;
    dropped integer := 0;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'pulserun.sample'::regclass
        AND c.relname < 'sample_' || to_char(to_timestamp(before / 1000.0) AT TIME ZONE 'UTC', 'YYYYMMDD')) THEN RETURN 0; END IF;
    PERFORM pg_advisory_xact_lock(7305, 0);
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'pulserun.sample'::regclass
        AND c.relname < 'sample_' || to_char(to_timestamp(before / 1000.0) AT TIME ZONE 'UTC', 'YYYYMMDD')
    LOOP
        EXECUTE format('DROP TABLE pulserun.%I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $f$;

-- Views for dashboards. Their columns stay the same in later versions.
CREATE VIEW pulserun.v_reading AS
    SELECT a.digest AS account, i.name AS instance, to_timestamp(s.ts / 1000.0) AS at,
        CASE WHEN s.judged >> 43 = 0 THEN NULL ELSE ((s.judged >> 43) - 1) / 1000.0 END AS peak_gpu,
        CASE WHEN (s.judged >> 33) & 1023 = 0 THEN NULL ELSE (((s.judged >> 33) & 1023) - 1) / 10.0 END AS peak_memory
    FROM pulserun.sample s JOIN pulserun.instance i ON i.id = s.instance JOIN pulserun.account a ON a.id = i.account;
CREATE VIEW pulserun.v_state AS
    SELECT a.digest AS account, i.name AS instance, s.status, to_timestamp(s.since / 1000.0) AS since, to_timestamp(s.last_seen / 1000.0) AS last_seen, s.cost AS cost_per_hour,
        i.gpu, i.provider, i.region
    FROM pulserun.state s JOIN pulserun.instance i ON i.id = s.instance JOIN pulserun.account a ON a.id = i.account;
CREATE VIEW pulserun.v_lease AS
    SELECT a.digest AS account, l.instance, l.intent, l.owner, l.token, l.taken_at, l.expires_at, l.result, l.ended_at
    FROM pulserun.lease l JOIN pulserun.account a ON a.id = l.account;
CREATE VIEW pulserun.v_launch AS
    SELECT a.digest AS account, l.intent, l.gpu, l.template, to_timestamp(l.requested_at / 1000.0) AS requested_at, l.instance,
        CASE l.outcome WHEN 1 THEN 'Launched' WHEN 2 THEN 'NotLaunched' ELSE 'Unknown' END AS outcome, l.price
    FROM pulserun.launch l JOIN pulserun.account a ON a.id = l.account;
CREATE VIEW pulserun.v_stop AS
    SELECT a.digest AS account, s.instance, to_timestamp(s.at / 1000.0) AS at FROM pulserun.cleanup_stop s JOIN pulserun.account a ON a.id = s.account;
