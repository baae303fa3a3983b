using System;
using System.Collections.Generic;
using System.IO;
using PulseRun.Store.Files;

namespace PulseRun.Store.Postgres.Connection;

/// <summary>Reads a section of the service file of libpq (PGSERVICEFILE, else ~/.pg_service.conf). The driver does not know these files.</summary>
internal static class ServiceFile
{
    private static readonly Dictionary<string, string> s_names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "Host",
        ["hostaddr"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["passfile"] = "Passfile",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["target_session_attrs"] = "Target Session Attributes",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
    };

    /// <summary>Returns the settings of a service by the names of the driver. Unknown settings of libpq are left out.</summary>
    /// <exception cref="StoreUnavailableException">Misconfigured: there is no such file or section.</exception>
    public static IReadOnlyDictionary<string, string> Read(string service)
    {
        string path = Environment.GetEnvironmentVariable("PGSERVICEFILE") is { Length: > 0 } given
            ? given
            : StorePaths.IsWindows
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "postgresql", ".pg_service.conf")
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pg_service.conf");
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StoreUnavailableException(StoreFailure.Misconfigured, "The service file '" + path + "' cannot be read: " + error.Message, error);
        }
        Dictionary<string, string>? section = null;
        foreach (string raw in lines)
        {
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] == '[')
            {
                if (section is not null)
                    break;
                if (line.TrimEnd(']').Substring(1).Trim() == service)
                    section = new(StringComparer.OrdinalIgnoreCase);
                continue;
            }
            int at = line.IndexOf('=');
            if (section is not null && at > 0 && s_names.TryGetValue(line.Substring(0, at).Trim(), out string? name))
                section[name] = name == "SSL Mode" ? SslMode(line.Substring(at + 1).Trim()) : line.Substring(at + 1).Trim();
        }
        return section ?? throw new StoreUnavailableException(StoreFailure.Misconfigured, "The service file '" + path + "' has no section [" + service + "].");
    }

    private static string SslMode(string libpq) => libpq switch
    {
        "verify-ca" => "VerifyCA",
        "verify-full" => "VerifyFull",
        var other => other,
    };
}
