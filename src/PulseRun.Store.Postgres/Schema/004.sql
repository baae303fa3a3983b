-- Readings of large stores become rows of 5 minutes after 48 hours: the highest values, the number of readings and the largest gap between them.
-- A row of several readings also has 8 bytes for each: its time and the values that a verdict needs. So a verdict on such rows is the one on the readings: a gap stays a gap.
CREATE TABLE pulserun.rollup (
    ts bigint NOT NULL, judged bigint NOT NULL, instance integer NOT NULL, disk real,
    -- NULL for a row of one reading.
    largest_gap integer, count integer, trace bytea
) PARTITION BY RANGE (ts);
CREATE INDEX rollup_ts ON pulserun.rollup USING brin (ts) WITH (pages_per_range = 16);
-- The time as the view for dashboards shows it, so that a dashboard reads only the blocks of its days.
CREATE INDEX sample_at ON pulserun.sample USING brin (to_timestamp(ts / 1000.0::float8)) WITH (pages_per_range = 16);
CREATE INDEX rollup_at ON pulserun.rollup USING brin (to_timestamp(ts / 1000.0::float8)) WITH (pages_per_range = 16);

-- Readings are rolled up while there are at least raw_rows of them, a day at a time, when the whole day is older than raw_for (milliseconds).
-- rolling_upto is the progress in the oldest day; no rolled reading is at or after rolled_upto.
CREATE TABLE pulserun.rollup_setting (
    id boolean PRIMARY KEY DEFAULT true CHECK (id), raw_rows bigint NOT NULL DEFAULT 50000000, raw_for bigint NOT NULL DEFAULT 172800000 CHECK (raw_for >= 0), rolling_upto bigint, rolled_upto bigint
);
INSERT INTO pulserun.rollup_setting DEFAULT VALUES;

-- A day may be dropped while it is empty, so a writer holds a shared lock until its readings are committed. One that finds no partition makes it.
CREATE OR REPLACE FUNCTION pulserun.ensure_partition(day bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    name text := 'sample_' || to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
    IF to_regclass('pulserun.' || name) IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock_shared(7305, 0);
        IF to_regclass('pulserun.' || name) IS NOT NULL THEN RETURN; END IF;
    END IF;
    PERFORM pg_advisory_xact_lock(7305, 0);
    IF to_regclass('pulserun.' || name) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE pulserun.%I PARTITION OF pulserun.sample FOR VALUES FROM (%s) TO (%s)', name, day * 86400000, (day + 1) * 86400000);
END $f$;

-- Drops the days before a time, of readings and of rows of 5 minutes. While other hosts write, it leaves that to a later call, so that two hosts never wait for each other.
CREATE OR REPLACE FUNCTION pulserun.drop_partitions(before bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    part text;
    dropped integer := 0;
    day text := to_char(to_timestamp(before / 1000.0) AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('pulserun.sample'::regclass, 'pulserun.rollup'::regclass) AND c.relkind = 'r' AND right(c.relname, 8) < day) THEN RETURN 0; END IF;
    IF NOT pg_try_advisory_xact_lock(7305, 0) THEN RETURN 0; END IF;
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('pulserun.sample'::regclass, 'pulserun.rollup'::regclass) AND c.relkind = 'r' AND right(c.relname, 8) < day
    LOOP
        EXECUTE format('DROP TABLE pulserun.%I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $f$;

-- Returns true when the oldest day of readings is to be rolled up: all of it is old enough, and it is begun or there are enough readings. The number is estimated by the sizes.
CREATE FUNCTION pulserun.is_roll_up_due(now bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    setting record;
    first bigint;
BEGIN
    SELECT extract(epoch FROM to_date(min(right(c.relname, 8)), 'YYYYMMDD')::timestamp) * 1000 INTO first
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'pulserun.sample'::regclass;
    SELECT * INTO setting FROM pulserun.rollup_setting;
    IF first IS NULL OR first + 86400000 > now - setting.raw_for THEN RETURN false; END IF;
    IF setting.rolling_upto > first AND setting.rolling_upto <= first + 86400000 THEN RETURN true; END IF;
    RETURN (SELECT sum(CASE WHEN c.reltuples > 0 AND c.relpages > 0 THEN c.reltuples::float8 / c.relpages * (pg_relation_size(c.oid) / 8192) ELSE pg_relation_size(c.oid) / 54.0 END)
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'pulserun.sample'::regclass) >= setting.raw_rows;
END $f$;

-- Does one step of the roll-up: makes the partition, or moves about as many readings as given, or drops the emptied day. One host at a time does a step, and no host waits for it.
-- A step is one transaction, so each reading is always in exactly one of the two tables. Returns the number of readings moved; -1 when the next step can follow at once; 0 when there is nothing to do.
CREATE FUNCTION pulserun.roll_up(now bigint, most bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    part text;
    rolled text;
    setting record;
    first bigint;
    last bigint;
    upto bigint;
    rows float8;
    moved bigint;
    is_left boolean;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7305, 1) OR NOT pulserun.is_roll_up_due(now) THEN RETURN 0; END IF;
    SELECT * INTO setting FROM pulserun.rollup_setting;
    SELECT min(c.relname) INTO part FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'pulserun.sample'::regclass;
    IF part IS NULL THEN RETURN 0; END IF;
    first := extract(epoch FROM to_date(right(part, 8), 'YYYYMMDD')::timestamp) * 1000;
    last := first + 86400000;
    rolled := 'rollup_' || right(part, 8);
    -- A partition whose lock is not free is left to a later step, so that this one keeps no other host waiting.
    PERFORM set_config('lock_timeout', '500', true);
    IF to_regclass('pulserun.' || rolled) IS NULL THEN
        EXECUTE format('CREATE TABLE pulserun.%I PARTITION OF pulserun.rollup FOR VALUES FROM (%s) TO (%s)', rolled, first, last);
        RETURN -1;
    END IF;
    IF setting.rolling_upto = last THEN
        -- No host is writing readings now, and none begins before this transaction ends.
        PERFORM pg_advisory_xact_lock(7305, 0);
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM pulserun.%I)', part) INTO is_left;
        IF NOT is_left THEN
            LOCK TABLE ONLY pulserun.sample IN ACCESS EXCLUSIVE MODE;
            EXECUTE format('DROP TABLE pulserun.%I', part);
        END IF;
        UPDATE pulserun.rollup_setting SET rolling_upto = CASE WHEN is_left THEN first + 1 END;
        RETURN -1;
    END IF;
    IF setting.rolling_upto IS NULL OR setting.rolling_upto <= first OR setting.rolling_upto > last THEN
        -- With all blocks summarized, a step reads only its own.
        PERFORM brin_summarize_new_values(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
            WHERE i.indrelid = ('pulserun.' || part)::regclass AND m.amname = 'brin';
        setting.rolling_upto := first;
    ELSE
        setting.rolling_upto := setting.rolling_upto - setting.rolling_upto % 300000;
    END IF;
    SELECT greatest(c.reltuples, pg_relation_size(c.oid) / 54.0, 1) INTO rows FROM pg_class c WHERE c.oid = ('pulserun.' || part)::regclass;
    upto := least(last, setting.rolling_upto + 300000 * greatest(1, floor(most * 288 / rows))::bigint);
    -- The estimate is of an even day.
    LOOP
        EXECUTE format('SELECT count(*) FROM pulserun.%I WHERE ts >= $1 AND ts < $2', part) INTO rows USING setting.rolling_upto, upto;
        EXIT WHEN rows <= 2 * most OR upto - setting.rolling_upto <= 300000;
        upto := setting.rolling_upto + 300000 * greatest(1, floor((upto - setting.rolling_upto) / 300000 * most / rows))::bigint;
    END LOOP;
    PERFORM set_config('work_mem', '65536', true), set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true);
    -- Of the packed values, the load is in the bits from 43 on, memory from 33, the number of GPUs from 28; bit 27 is set when a GPU was not read, and below is the uptime.
    -- The readings of one row have the same number of GPUs, and the same start within 100 seconds, so that the row and the trace give back each uptime.
    EXECUTE format($q$
        WITH moved AS (
            DELETE FROM pulserun.%I WHERE ts >= $1 AND ts < $2 RETURNING ts, judged, instance, disk, detail
        ), reading AS (
            SELECT instance, ts, max(judged) | (bit_or(judged) & 134217728) AS judged, max(coalesce(disk::float8, nullif(split_part(detail, '|', 3), '')::float8)) AS disk FROM moved GROUP BY instance, ts
        ), started AS (
            SELECT *, CASE WHEN (judged & 134217727) > 0 THEN ts / 1000 - (judged & 134217727) END AS start FROM reading
        ), placed AS (
            SELECT *, ts / 300000 AS bucket, (judged >> 28) & 31 AS gpus, start - mod(mod(start, 100) + 100, 100) AS epoch, coalesce(mod(mod(start, 100) + 100, 100), 0) AS since_epoch FROM started
        ), spaced AS (
            SELECT *, ts - lag(ts) OVER (PARTITION BY instance, bucket, gpus, epoch ORDER BY ts) AS gap FROM placed
        ), made AS (
            INSERT INTO pulserun.rollup (ts, judged, instance, disk, largest_gap, count, trace)
            SELECT min(ts),
                (max(judged >> 43) << 43) | (max((judged >> 33) & 1023) << 33) | (gpus << 28) | (bit_or(judged) & 134217728) | ((array_agg(judged ORDER BY ts))[1] & 134217727),
                instance,
                CASE WHEN abs(max(disk)) < 1e30 THEN round(max(disk)::numeric, 3)::real END,
                CASE WHEN count(*) > 1 THEN max(gap) END,
                CASE WHEN count(*) > 1 THEN count(*) END,
                CASE WHEN count(*) > 1 THEN string_agg(int8send(((ts %% 300000) << 38) | ((judged >> 43) << 18) | (((judged >> 33) & 1023) << 8) | (((judged >> 27) & 1) << 7) | since_epoch), ''::bytea ORDER BY ts) END
            FROM spaced GROUP BY instance, bucket, gpus, epoch ORDER BY 1, 3
        )
        SELECT count(*) FROM moved $q$, part) INTO moved USING setting.rolling_upto, upto;
    IF moved = 0 THEN
        -- No step is spent on the time until the next reading.
        EXECUTE format('SELECT coalesce(min(ts) - min(ts) %% 300000, $2) FROM pulserun.%I WHERE ts >= $1', part) INTO upto USING upto, last;
    END IF;
    UPDATE pulserun.rollup_setting s SET rolling_upto = upto, rolled_upto = greatest(s.rolled_upto, upto);
    RETURN CASE WHEN moved > 0 THEN moved ELSE -1 END;
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    RETURN 0;
END $f$;

-- Turns rows of 5 minutes that have readings on both sides of a time back into readings, so that both sides can be deleted by time. The upkeep rolls up what stays.
CREATE FUNCTION pulserun.split_rollup(at bigint, instances integer[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    epoch bigint;
    one record;
    word bigint;
BEGIN
    IF (SELECT rolled_upto FROM pulserun.rollup_setting) <= at THEN RETURN; END IF;
    FOR one IN DELETE FROM pulserun.rollup WHERE ts > at - 300000 AND ts <= at AND trace IS NOT NULL AND (instances IS NULL OR instance = ANY (instances)) RETURNING * LOOP
        PERFORM pulserun.ensure_partition(one.ts / 86400000);
        epoch := one.ts / 1000 - (one.judged & 134217727);
        epoch := epoch - mod(mod(epoch, 100) + 100, 100);
        FOR i IN 0..one.count - 1 LOOP
            word := ('x' || encode(substring(one.trace FROM 8 * i + 1 FOR 8), 'hex'))::bit(64)::bigint;
            INSERT INTO pulserun.sample (ts, judged, instance, disk) SELECT t, (((word >> 18) & 1048575) << 43) | (((word >> 8) & 1023) << 33) | (one.judged & 8321499136) | (((word >> 7) & 1) << 27)
                    | CASE WHEN (one.judged & 134217727) > 0 THEN t / 1000 - epoch - (word & 127) ELSE 0 END, one.instance, one.disk
                FROM (SELECT one.ts - one.ts % 300000 + (word >> 38) AS t) AS time;
        END LOOP;
    END LOOP;
END $f$;

-- A row of 5 minutes is one row here, at its first reading.
CREATE OR REPLACE VIEW pulserun.v_reading AS
    SELECT a.digest AS account, i.name AS instance, s.at,
        CASE WHEN s.judged >> 43 = 0 THEN NULL ELSE ((s.judged >> 43) - 1) / 1000.0 END AS peak_gpu,
        CASE WHEN (s.judged >> 33) & 1023 = 0 THEN NULL ELSE (((s.judged >> 33) & 1023) - 1) / 10.0 END AS peak_memory
    FROM (SELECT to_timestamp(ts / 1000.0::float8) AS at, judged, instance FROM pulserun.sample UNION ALL SELECT to_timestamp(ts / 1000.0::float8), judged, instance FROM pulserun.rollup) AS s
        JOIN pulserun.instance i ON i.id = s.instance JOIN pulserun.account a ON a.id = i.account;
