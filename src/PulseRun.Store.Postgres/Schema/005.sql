-- The audit of the cleanups of all hosts, and the separation of rows by account.
-- The time and the login are the database's: a writer may not give them.
CREATE TABLE pulserun.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), login text NOT NULL DEFAULT session_user,
    account integer NOT NULL, host text NOT NULL, os_user text NOT NULL, run uuid NOT NULL, instance text NOT NULL,
    phase text NOT NULL CHECK (phase IN ('intent', 'result')), act text NOT NULL, reason text NOT NULL, error text, line jsonb NOT NULL
);
CREATE INDEX audit_instance ON pulserun.audit (account, instance, at);
CREATE INDEX audit_at ON pulserun.audit (at);

-- Only this function deletes from the audit: what is older than 400 days by the clock of the database.
CREATE FUNCTION pulserun.expire_audit() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
    DELETE FROM pulserun.audit WHERE at < clock_timestamp() - interval '400 days'
$f$;

CREATE VIEW pulserun.v_audit AS
    SELECT a.digest AS account, u.at, u.instance, u.phase, u.act, u.reason, u.error, u.host, u.os_user, u.login, u.run,
        u.line ->> 'status' AS status, u.line ->> 'gpu' AS gpu, (u.line ->> 'costPerHour')::numeric AS cost_per_hour, (u.line ->> 'savedPerHour')::numeric AS saved_per_hour,
        u.line ->> 'verdict' AS verdict, (u.line ->> 'sampleCount')::integer AS sample_count, (u.line ->> 'coverage')::float8 AS coverage, (u.line ->> 'peakGpu')::float8 AS peak_gpu
    FROM pulserun.audit u JOIN pulserun.account a ON a.id = u.account;

-- Binds a login, or a role that logins are members of, to accounts. A login without a binding may use every account.
CREATE TABLE pulserun.account_role (role text NOT NULL, account integer NOT NULL, PRIMARY KEY (role, account));

-- Returns the accounts that the login is bound to; null when it may use all. It is the login that counts, not the role it has taken, so SET ROLE does not help.
CREATE FUNCTION pulserun.bound_accounts() RETURNS integer[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pulserun.account_role) OR (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN RETURN NULL; END IF;
    RETURN (SELECT array_agg(DISTINCT b.account) FROM pulserun.account_role b JOIN pg_roles r ON r.rolname = b.role WHERE pg_has_role(session_user, r.oid, 'MEMBER'));
END $f$;

-- Returns the accounts whose rows this transaction may use; null for all. The setting pulserun.account, which the module sets where a transaction is about one account, can only take away.
CREATE FUNCTION pulserun.visible_accounts() RETURNS integer[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    bound integer[] := pulserun.bound_accounts();
    chosen text := current_setting('pulserun.account', true);
BEGIN
    IF coalesce(chosen, '') = '' THEN RETURN bound; END IF;
    RETURN CASE WHEN bound IS NULL OR chosen::integer = ANY (bound) THEN ARRAY[chosen::integer] ELSE ARRAY[]::integer[] END;
END $f$;

-- Returns the protections in effect of all accounts: they hold for the id, whichever account set them, because one fleet may be reached with several keys. The reason is not shown to other accounts.
CREATE FUNCTION pulserun.protections(now bigint) RETURNS TABLE (instance text, protect_reason text, protected_until bigint, protected_at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
    SELECT n.instance, CASE WHEN coalesce(n.account, 0) = ANY ((SELECT pulserun.bound_accounts())::integer[]) IS NOT FALSE THEN n.protect_reason END, n.protected_until, n.protected_at
    FROM pulserun.note n WHERE n.protected_at IS NOT NULL AND n.instance IS NOT NULL AND (n.protected_until IS NULL OR n.protected_until > now)
$f$;

-- A bound login may drop expired days only, because a partition holds the readings of all accounts.
ALTER FUNCTION pulserun.drop_partitions(bigint) RENAME TO drop_partitions_of_all;
CREATE FUNCTION pulserun.drop_partitions(before bigint) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
    SELECT pulserun.drop_partitions_of_all(CASE WHEN pulserun.bound_accounts() IS NULL THEN before
        ELSE least(before, (extract(epoch FROM clock_timestamp() - interval '14 days') * 1000)::bigint) END)
$f$;

-- Separates the rows of every table and view by account, also of those that later versions add. Runs after each migration and each change of a binding.
-- The owner of the tables is not restricted. COPY is not possible into a table with row level security, so the readings get it with the first binding; until then they are written with COPY.
CREATE FUNCTION pulserun.separate() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    one record;
    rule text;
    has_writer boolean := EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pulserun_writer');
    has_bindings boolean := EXISTS (SELECT 1 FROM pulserun.account_role);
    in_account constant text := '(coalesce(%I, 0) = ANY ((SELECT pulserun.visible_accounts())::integer[])) IS NOT FALSE';
BEGIN
    FOR one IN SELECT c.oid, c.relname::text AS name, c.relrowsecurity AS is_separated,
            EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account' AND a.atttypid = 'integer'::regtype AND NOT a.attisdropped) AS has_account,
            EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'instance' AND a.atttypid = 'integer'::regtype AND NOT a.attisdropped) AS has_instance
        FROM pg_class c WHERE c.relnamespace = 'pulserun'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'account_role'
    LOOP
        rule := CASE
            WHEN one.name = 'account' THEN format(in_account, 'id')
            WHEN one.has_account THEN format(in_account, 'account')
            WHEN one.has_instance THEN '(SELECT pulserun.visible_accounts()) IS NULL OR instance IN (SELECT i.id FROM pulserun.instance i)'
            WHEN one.name = 'launch_attempt' THEN '(SELECT pulserun.visible_accounts()) IS NULL OR intent IN (SELECT l.intent FROM pulserun.launch l)'
            WHEN one.name = 'import' THEN '(SELECT pulserun.visible_accounts()) IS NULL OR split_part(step, '' '', 2) IN (SELECT a.digest FROM pulserun.account a)'
            -- Budgets hold for a whole service: every writer reads them, and a bound one does not change them.
            WHEN one.name = 'budget' THEN '(SELECT pulserun.bound_accounts()) IS NULL'
        END;
        -- A table that belongs to no account may be changed by the owner only.
        IF rule IS NULL THEN
            IF has_writer THEN EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON pulserun.%I FROM pulserun_writer', one.name); END IF;
            CONTINUE;
        END IF;
        IF NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = one.oid AND p.polname = 'by_account') THEN
            EXECUTE format('CREATE POLICY by_account ON pulserun.%I USING (%s) WITH CHECK (%s)', one.name, rule, rule);
            IF one.name = 'budget' THEN
                CREATE POLICY read_by_all ON pulserun.budget FOR SELECT USING (true);
            END IF;
        END IF;
        IF NOT one.is_separated AND (one.name <> 'sample' OR has_bindings) THEN
            EXECUTE format('ALTER TABLE pulserun.%I ENABLE ROW LEVEL SECURITY', one.name);
        ELSIF one.is_separated AND one.name = 'sample' AND NOT has_bindings THEN
            ALTER TABLE pulserun.sample DISABLE ROW LEVEL SECURITY;
        END IF;
    END LOOP;
    FOR one IN SELECT c.relname::text AS name, rtrim(pg_get_viewdef(c.oid), ' ;') AS query FROM pg_class c WHERE c.relnamespace = 'pulserun'::regnamespace AND c.relkind = 'v' LOOP
        IF position('visible_accounts' IN one.query) = 0 THEN
            EXECUTE format('CREATE OR REPLACE VIEW pulserun.%I WITH (security_barrier) AS SELECT * FROM (%s) every WHERE (SELECT pulserun.visible_accounts()) IS NULL OR every.account IN '
                || '(SELECT mine.digest FROM pulserun.account mine WHERE mine.id = ANY ((SELECT pulserun.visible_accounts())::integer[]))', one.name, one.query);
        END IF;
    END LOOP;
    -- A role that may read a table or a view needs the functions of its rule.
    GRANT EXECUTE ON FUNCTION pulserun.visible_accounts(), pulserun.bound_accounts() TO PUBLIC;
    IF NOT has_writer THEN RETURN; END IF;
    -- The rules of a table do not hold for its partitions, so a writer uses these through the table only.
    FOR one IN SELECT c.relname::text AS name FROM pg_class c WHERE c.relnamespace = 'pulserun'::regnamespace AND c.relispartition AND c.relkind IN ('r', 'p') LOOP
        EXECUTE format('REVOKE ALL ON pulserun.%I FROM pulserun_writer', one.name);
    END LOOP;
    REVOKE ALL ON pulserun.account_role, pulserun.audit FROM pulserun_writer;
    GRANT SELECT, INSERT (account, host, os_user, run, instance, phase, act, reason, error, line) ON pulserun.audit TO pulserun_writer;
    REVOKE ALL ON FUNCTION pulserun.separate(), pulserun.bind(text, text), pulserun.unbind(text, text), pulserun.drop_partitions_of_all(bigint) FROM pulserun_writer;
END $f$;

-- Binds a login or a role to an account, by its digest (column digest of pulserun.account; Get-PRStore shows that of the connection). For the owner of the tables.
CREATE FUNCTION pulserun.bind(role text, digest text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = bind.role) THEN RAISE EXCEPTION 'The role % does not exist.', bind.role; END IF;
    INSERT INTO pulserun.account (digest) VALUES (bind.digest) ON CONFLICT DO NOTHING;
    INSERT INTO pulserun.account_role (role, account) SELECT bind.role, a.id FROM pulserun.account a WHERE a.digest = bind.digest ON CONFLICT DO NOTHING;
    PERFORM pulserun.separate();
END $f$;

-- Ends a binding. A login without any may use every account again.
CREATE FUNCTION pulserun.unbind(role text, digest text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
    DELETE FROM pulserun.account_role b USING pulserun.account a WHERE b.role = unbind.role AND a.id = b.account AND a.digest = unbind.digest;
    PERFORM pulserun.separate();
END $f$;
