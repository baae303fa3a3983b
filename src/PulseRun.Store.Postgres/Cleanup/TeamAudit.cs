using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PulseRun.Core.Cleanup;
using PulseRun.Store.Cleanup;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Cleanup;

/// <summary>Writes the decisions of cleanups for all hosts. The database adds the time and the login, and lets a writer neither change nor delete a line.</summary>
internal sealed class TeamAudit(Database database, string account) : IAuditLog
{
    private const string Insert = """
        INSERT INTO pulserun.audit (account, host, os_user, run, instance, phase, act, reason, error, line)
        SELECT $1, $2, $3, t.run, t.instance, t.phase, t.act, t.reason, t.error, t.line::jsonb FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) AS t (run, instance, phase, act, reason, error, line)
        """;

    public void Append(IReadOnlyList<CleanupAuditLine> lines) => database.Write(session =>
    {
        int number = session.Account(account);
        return session.Run(
            Insert, number, HostIdentity.Host, Environment.UserName, lines.Select(static line => line.Run).ToArray(), Texts(static line => line.Id), Texts(static line => line.Phase), Texts(static line => line.Action),
            Texts(static line => line.Reason), Texts(static line => line.Error), Texts(static line => JsonSerializer.Serialize(line, AuditJson.Default.CleanupAuditLine)));

        string?[] Texts(Func<CleanupAuditLine, string?> value) => lines.Select(value).ToArray();
    });
}
