using System;
using System.IO;
using System.Net.Sockets;
using Npgsql;

namespace PulseRun.Store.Postgres.Connection;

/// <summary>Explains the failures of the driver and of the server.</summary>
internal static class Faults
{
    /// <summary>Returns true when the store can explain this exception. Others are faults of this module.</summary>
    public static bool CanExplain(Exception error) =>
        error is NpgsqlException or IOException or SocketException or TimeoutException or FormatException or StoreUnavailableException or System.Security.Authentication.AuthenticationException;

    /// <summary>Returns true when the work may be done again, if it is known that it was not committed.</summary>
    public static bool IsPassing(Exception error) => error switch
    {
        // 40001, 40P01 and 23505: another transaction was in the way, and the work decides again by what that one has written. 57P01 to 57P03: the server ends or begins. 25P03: this host paused inside a transaction. 23514: a partition was dropped.
        PostgresException server => server.SqlState is "40001" or "40P01" or "23505" or "57P01" or "57P02" or "57P03" or "25P03" or "23514" || server.SqlState.StartsWith("08", StringComparison.Ordinal),
        StoreUnavailableException => false,
        FormatException => false,
        NpgsqlException { InnerException: System.Security.Authentication.AuthenticationException } => false,
        NpgsqlException driver => driver.InnerException is IOException or SocketException or TimeoutException,
        _ => error is IOException or SocketException or TimeoutException,
    };

    /// <summary>Returns the exception that the callers of the store expect.</summary>
    public static StoreUnavailableException Explain(Exception error, string where) => error switch
    {
        StoreUnavailableException known => known,
        PostgresException server => Explain(server, where),
        FormatException => Make(StoreFailure.Corrupt, where, "contains a row that cannot be read: " + error.Message, error),
        NpgsqlException driver => Explain(driver, where),
        _ => Make(StoreFailure.Unreachable, where, "cannot be reached: " + error.Message, error),
    };

    private static StoreUnavailableException Explain(PostgresException error, string where) => error.SqlState switch
    {
        "28P01" or "28000" => Make(StoreFailure.AccessDenied, where, "does not accept the user or the password (" + error.MessageText + "). The password comes from PGPASSFILE, a service file or -StoreKeyCommand.", error),
        "3D000" => Make(StoreFailure.AccessDenied, where, "is not there: " + error.MessageText + ".", error),
        "42501" when error.MessageText.Contains("row-level security") => Make(StoreFailure.Forbidden, where, "binds this login to other accounts than that of the connection (" + error.MessageText + "). An administrator binds it with SELECT pulserun.bind('the_login', 'the_account').", error),
        "42501" => Make(StoreFailure.Forbidden, where, "denies a permission to this role (" + error.MessageText + "). A host that cleans up or launches needs the role pulserun_writer.", error),
        "42P01" or "3F000" or "42883" or "42703" => NoSchema(where, error),
        "25006" => Make(StoreFailure.ReadOnly, where, "is read-only, as a replica is. Name the primary, or several hosts with Target Session Attributes=primary.", error),
        "53100" or "58030" => Make(StoreFailure.Full, where, "cannot write, because the disk of the server is full or failed: " + error.MessageText + ".", error),
        "55P03" or "57014" => Make(StoreFailure.Locked, where, "is busy: another transaction holds a lock for longer than the time limit.", error),
        "53300" => Make(StoreFailure.Unreachable, where, "has no free connection: " + error.MessageText + ".", error),
        _ => Make(StoreFailure.Unreachable, where, "reports an error (" + error.SqlState + "): " + error.MessageText + ".", error),
    };

    private static StoreUnavailableException Explain(NpgsqlException error, string where)
    {
        if (error.Message.Contains("No password"))
            return Make(StoreFailure.AccessDenied, where, "needs a password, and none was found in PGPASSFILE, the service file or -StoreKeyCommand.", error);
        if (error.Message.Contains("SSL") || error.InnerException is System.Security.Authentication.AuthenticationException)
            return Make(StoreFailure.Unreachable, where, "offers no encrypted connection that can be trusted (" + Reason(error) + "). Outside this machine, SSL Mode is Require unless the store's text says otherwise.", error);
        if (error.Message.Contains("suitable host"))
            return Make(StoreFailure.ReadOnly, where, "has no server with the requested target session attributes.", error);
        return Make(StoreFailure.Unreachable, where, "cannot be reached: " + Reason(error), error);
    }

    public static StoreUnavailableException NoSchema(string where, Exception? inner = null) =>
        Make(StoreFailure.NoSchema, where, "has no tables of PulseRun, or not those of this version. Run Initialize-PRStore once, as a user who may create tables.", inner);

    public static StoreUnavailableException Make(StoreFailure reason, string where, string what, Exception? inner = null) =>
        new(reason, "The store on " + where + " " + what, inner) { Advice = Advice(reason) };

    /// <summary>Returns what to do about a failure; null when its message says it.</summary>
    public static string? Advice(StoreFailure reason) => reason switch
    {
        StoreFailure.AccessDenied => "Check the user, the database and the password in PGPASSFILE, the service file or -StoreKeyCommand.",
        StoreFailure.Forbidden => "Let an administrator grant the role: GRANT pulserun_writer TO the_user; migrations need the owner of the tables.",
        StoreFailure.NoSchema => "Run Initialize-PRStore once, as a user who may create tables.",
        StoreFailure.NewerVersion => "Update the module on this host.",
        StoreFailure.ReadOnly => "Name the primary server, or several with Target Session Attributes=primary.",
        StoreFailure.ClockSkew => "Set the clock of the host that is wrong.",
        StoreFailure.Full => "Make room on the disk of the server. Nothing of what failed was written; start the command again afterwards.",
        StoreFailure.Unreachable => "Start the server, or check the host, the port and SSL Mode. Then start the command again: what was committed is not done twice.",
        StoreFailure.Locked => "Try again. Get-PRStore shows who is connected.",
        _ => null,
    };

    private static string Reason(Exception error)
    {
        Exception last = error;
        while (last.InnerException is { } inner)
            last = inner;
        return last.Message;
    }
}
