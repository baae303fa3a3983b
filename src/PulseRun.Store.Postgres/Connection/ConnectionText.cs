using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Globalization;
using System.Linq;
using Npgsql;
using PulseRun.Core.Store;

namespace PulseRun.Store.Postgres.Connection;

/// <summary>Turns the text of a user into the settings of the driver.</summary>
internal static class ConnectionText
{
    /// <summary>Returns the settings. Settings that the store depends on are set whatever the text says.</summary>
    /// <param name="text">The text that chooses the store.</param>
    /// <param name="password">The password from the command of the user; null for the driver's own sources.</param>
    /// <exception cref="StoreUnavailableException">Misconfigured: the text is wrong. The message repeats no value of it.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text, string? password)
    {
        if (StoreText.Objection(text) is { } objection)
            throw new StoreUnavailableException(StoreFailure.Misconfigured, objection);
        DbConnectionStringBuilder pairs = StoreText.TryParse(text)!;
        var settings = new NpgsqlConnectionStringBuilder();
        if (pairs.TryGetValue("Service", out object? service))
        {
            pairs.Remove("Service");
            foreach (KeyValuePair<string, string> one in ServiceFile.Read((string)service))
                Set(settings, one.Key, one.Value);
        }
        // "SSL Password" and the like have defaults, so what was given is remembered by its key.
        bool hasSslMode = settings.ContainsKey("SSL Mode") && settings.SslMode != new NpgsqlConnectionStringBuilder().SslMode, hasTimeout = false, hasCommandTimeout = false;
        foreach (string key in pairs.Keys!)
        {
            string bare = key.Replace(" ", "");
            hasSslMode |= bare.Equals("sslmode", StringComparison.OrdinalIgnoreCase);
            hasTimeout |= bare.Equals("timeout", StringComparison.OrdinalIgnoreCase);
            hasCommandTimeout |= bare.Equals("commandtimeout", StringComparison.OrdinalIgnoreCase);
            Set(settings, key, pairs[key]);
        }
        if (password is not null)
            settings.Password = password;
        if (!hasSslMode)
            settings.SslMode = IsLocal(settings.Host) ? SslMode.Prefer : SslMode.Require;
        if (!hasTimeout)
            settings.Timeout = 5;
        if (!hasCommandTimeout)
            settings.CommandTimeout = 30;
        settings.ApplicationName ??= "PulseRun@" + Environment.MachineName;
        // A pooler in transaction mode gives each transaction another server session, so nothing may stay in a session.
        settings.MaxAutoPrepare = 0;
        settings.NoResetOnClose = true;
        settings.Multiplexing = false;
        settings.Enlist = false;
        settings.PersistSecurityInfo = false;
        settings.IncludeErrorDetail = false;
        settings.Pooling = true;
        return settings;
    }

    /// <summary>Returns where the store is, without anything secret.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder settings) =>
        (settings.Host ?? "?") + (settings.Port == NpgsqlConnection.DefaultPort ? "" : ":" + settings.Port.ToString(CultureInfo.InvariantCulture)) + "/" + (settings.Database ?? settings.Username ?? "?");

    /// <summary>Returns true for a socket and for loopback, which need no encryption.</summary>
    private static bool IsLocal(string? hosts) => hosts is { Length: > 0 } && hosts.Split(',').All(static host =>
    {
        string name = host.Trim();
        if (name.Length > 0 && name[0] is '/' or '@')
            return true;
        int colon = name.LastIndexOf(':');
        if (colon > 0 && name.IndexOf(':') == colon)
            name = name.Substring(0, colon);
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (System.Net.IPAddress.TryParse(name.Trim('[', ']'), out System.Net.IPAddress? address) && System.Net.IPAddress.IsLoopback(address));
    });

    private static void Set(NpgsqlConnectionStringBuilder settings, string key, object value)
    {
        try
        {
            settings[key] = value;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException or NotSupportedException)
        {
            throw new StoreUnavailableException(StoreFailure.Misconfigured, "The store has a setting that the driver does not accept: " + Core.Text.CleanText.Clean(key, 40) + ".");
        }
    }
}
