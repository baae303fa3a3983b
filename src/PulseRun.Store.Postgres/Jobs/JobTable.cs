using System;
using System.Collections.Generic;
using PulseRun.Core.Jobs;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Jobs;

/// <summary>Stores the jobs of all hosts, so that each of them can receive and end a job.</summary>
internal sealed class JobTable(Database database) : IJobs
{
    private const string Upsert = """
        INSERT INTO pulserun.job (id, account, name, instance, intent, command, directory, download, destination, at_end, state, exit_code, created_at, started_at, ended_at, expires_at, out_offset, err_offset)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        ON CONFLICT (id) DO UPDATE SET account = excluded.account, name = excluded.name, instance = excluded.instance, intent = excluded.intent, command = excluded.command,
            directory = excluded.directory, download = excluded.download, destination = excluded.destination, at_end = excluded.at_end, state = excluded.state, exit_code = excluded.exit_code,
            created_at = excluded.created_at, started_at = excluded.started_at, ended_at = excluded.ended_at, expires_at = excluded.expires_at,
            out_offset = excluded.out_offset, err_offset = excluded.err_offset
        """;

    private const string Select = """
        SELECT id, name, instance, intent, command, directory, download, destination, at_end, state, exit_code, created_at, started_at, ended_at, expires_at, out_offset, err_offset
        FROM pulserun.job WHERE account = $1 ORDER BY created_at, id
        """;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);

    public void Write(string account, JobRecord job) => database.Write(session =>
    {
        int number = session.Account(account);
        session.Run("DELETE FROM pulserun.job WHERE ended_at < $1", Expiry.Before(job.CreatedAt, session.Now, s_kept));
        return session.Run(
            Upsert, job.JobId, number, job.Name, job.InstanceId, job.IntentId, job.Command, job.Directory, job.Download, job.Destination, (int)job.AtEnd, (int)job.State, job.ExitCode,
            job.CreatedAt, job.StartedAt, job.EndedAt, job.ExpiresAt, job.OutOffset, job.ErrOffset);
    });

    public IReadOnlyList<JobRecord> All(string account) => database.Read(session =>
        session.FindAccount(account) is { } number ? session.All(Select, static row => new JobRecord
        {
            JobId = row.Text(0),
            Name = row.Text(1),
            InstanceId = row.Text(2),
            IntentId = row.IsNull(3) ? null : row.Id(3),
            Command = row.Text(4),
            Directory = row.Text(5),
            Download = row.TextOrNull(6),
            Destination = row.TextOrNull(7),
            AtEnd = (JobEnd)row.Int(8),
            State = (JobState)row.Int(9),
            ExitCode = row.IntOrNull(10),
            CreatedAt = row.Time(11),
            StartedAt = row.TimeOrNull(12),
            EndedAt = row.TimeOrNull(13),
            ExpiresAt = row.TimeOrNull(14),
            OutOffset = row.Long(15),
            ErrOffset = row.Long(16),
        }, number) : []);
}
