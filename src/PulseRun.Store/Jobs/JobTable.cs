using System;
using System.Collections.Generic;
using PulseRun.Core.Jobs;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Jobs;

/// <summary>Stores the jobs in the database. Writes are durable, because another process removes instances by them.</summary>
internal sealed class JobTable(Database database) : IJobs
{
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);

    private const string Upsert = """
        INSERT OR REPLACE INTO job (id, account, name, instance, intent, command, directory, download, destination, at_end, state, exit_code, created_at, started_at, ended_at, expires_at, out_offset, err_offset)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
        """;

    private const string Select = """
        SELECT id, name, instance, intent, command, directory, download, destination, at_end, state, exit_code, created_at, started_at, ended_at, expires_at, out_offset, err_offset
        FROM job WHERE account = ?1 ORDER BY created_at, id
        """;

    public void Write(string account, JobRecord job) => database.WriteDurably(session =>
    {
        long number = session.Account(account);
        session.Sql("DELETE FROM job WHERE ended_at < ?1").Run(Retention.Before(job.CreatedAt, s_kept));
        return session.Sql(Upsert).Run(
            job.JobId, number, job.Name, job.InstanceId, job.IntentId?.ToString("D"), job.Command, job.Directory, job.Download, job.Destination, (int)job.AtEnd, (int)job.State, job.ExitCode,
            job.CreatedAt, job.StartedAt, job.EndedAt, job.ExpiresAt, job.OutOffset, job.ErrOffset);
    });

    public IReadOnlyList<JobRecord> All(string account) => database.Read(session =>
    {
        var jobs = new List<JobRecord>();
        Statement rows = session.Sql(Select).Bind(session.FindAccount(account));
        while (rows.Step())
        {
            jobs.Add(new JobRecord
            {
                JobId = rows.Text(0),
                Name = rows.Text(1),
                InstanceId = rows.Text(2),
                IntentId = rows.TextOrNull(3) is { } intent && Guid.TryParse(intent, out Guid id) ? id : null,
                Command = rows.Text(4),
                Directory = rows.Text(5),
                Download = rows.TextOrNull(6),
                Destination = rows.TextOrNull(7),
                AtEnd = (JobEnd)rows.Long(8),
                State = (JobState)rows.Long(9),
                ExitCode = rows.IsNull(10) ? null : (int)rows.Long(10),
                CreatedAt = rows.Time(11),
                StartedAt = rows.TimeOrNull(12),
                EndedAt = rows.TimeOrNull(13),
                ExpiresAt = rows.TimeOrNull(14),
                OutOffset = rows.Long(15),
                ErrOffset = rows.Long(16),
            });
        }
        return jobs;
    });
}
