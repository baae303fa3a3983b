-- Launches with alternatives, budgets, the journal of schedules, and jobs, as in the local store.
ALTER TABLE pulserun.launch ADD COLUMN attempt integer NOT NULL DEFAULT 0, ADD COLUMN waiting boolean NOT NULL DEFAULT false;
CREATE TABLE pulserun.launch_attempt (
    intent uuid NOT NULL, number integer NOT NULL, gpu text NOT NULL, region text, provider text, spot boolean,
    began_at bigint NOT NULL, took bigint, error text, answer text, instance text, PRIMARY KEY (intent, number)
);

CREATE TABLE pulserun.budget (
    service text NOT NULL, tag_key text NOT NULL, tags text, per_month numeric, per_day numeric, at_limit integer NOT NULL, contact text, PRIMARY KEY (service, tag_key)
);

CREATE TABLE pulserun.schedule_intent (
    intent uuid PRIMARY KEY, account integer NOT NULL,
    name text NOT NULL, gpu text NOT NULL, template text NOT NULL, cron text NOT NULL, max_hours numeric, max_cost numeric, spot boolean, docker_image text,
    before text NOT NULL, requested_at bigint NOT NULL, request_timeout bigint NOT NULL, owner text,
    sent_at bigint, boot text, sent_tick bigint, ended_tick bigint, answered boolean NOT NULL DEFAULT false, met_boot text, met_tick bigint,
    schedule text, outcome integer, resolved_at bigint
);
-- A schedule can be claimed by one intent only, of all hosts.
CREATE UNIQUE INDEX schedule_claim ON pulserun.schedule_intent (account, schedule) WHERE schedule IS NOT NULL;
CREATE INDEX schedule_open ON pulserun.schedule_intent (account, requested_at) WHERE outcome IS NULL;

CREATE TABLE pulserun.job (
    id text PRIMARY KEY, account integer NOT NULL, name text NOT NULL, instance text NOT NULL, intent uuid, command text NOT NULL, directory text NOT NULL, download text, destination text,
    at_end integer NOT NULL, state integer NOT NULL, exit_code integer, created_at bigint NOT NULL, started_at bigint, ended_at bigint, expires_at bigint,
    out_offset bigint NOT NULL, err_offset bigint NOT NULL
);
