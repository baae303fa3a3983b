-- Grants the least that each role needs. Roles belong to the whole server; they are made when the migrating role may make roles, else an administrator makes them.
DO $roles$
DECLARE
    may boolean := (SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = current_user);
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['pulserun_owner', 'pulserun_writer', 'pulserun_reader'] LOOP
        IF may AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
    -- A reader sees the views for dashboards only.
    IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'pulserun_reader') THEN
        GRANT USAGE ON SCHEMA pulserun TO pulserun_reader;
        FOR name IN SELECT viewname FROM pg_catalog.pg_views WHERE schemaname = 'pulserun' LOOP
            EXECUTE format('GRANT SELECT ON pulserun.%I TO pulserun_reader', name);
        END LOOP;
        GRANT SELECT ON pulserun.schema_version TO pulserun_reader;
    END IF;
    -- A writer reads and writes rows. It cannot change the schema.
    IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'pulserun_writer') THEN
        GRANT USAGE ON SCHEMA pulserun TO pulserun_writer;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pulserun TO pulserun_writer;
        REVOKE INSERT, UPDATE, DELETE ON pulserun.schema_version FROM pulserun_writer;
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA pulserun TO pulserun_writer;
        REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA pulserun FROM PUBLIC;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pulserun TO pulserun_writer;
    END IF;
    -- Members of the owner role may migrate.
    IF may AND EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'pulserun_owner') THEN
        GRANT ALL ON SCHEMA pulserun TO pulserun_owner;
        GRANT ALL ON ALL TABLES IN SCHEMA pulserun TO pulserun_owner;
        GRANT ALL ON ALL SEQUENCES IN SCHEMA pulserun TO pulserun_owner;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pulserun TO pulserun_owner;
    END IF;
END $roles$;
