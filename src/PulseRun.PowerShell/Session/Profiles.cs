using System;
using System.Collections.Generic;
using PulseRun.Core.Profiles;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Session;

/// <summary>Saved connections, as contexts are made of them.</summary>
internal static class Profiles
{
    public const string DefaultName = SavedProfile.DefaultName;

    /// <summary>Returns a profile by name, or the default one; null when there is none.</summary>
    public static ContextSettings? Load(string? name)
    {
        if (Use(profiles => profiles.Load(name), "The saved profile cannot be used.") is not { } saved)
            return null;
        return new ContextSettings
        {
            // Checked as if typed: whoever can write the file must not get the key sent in the clear.
            BaseUri = BaseUris.Parse(saved.BaseUri.AbsoluteUri),
            Key = saved.Key!,
            KeySource = saved.KeyCommand is { } script ? KeyCommands.Source(script) : null,
            KeyCommand = saved.KeyCommand,
            Source = "Profile",
            Profile = saved.Name,
            RequestsPerMinute = saved.RequestsPerMinute,
            Timeout = saved.Timeout ?? ContextSettings.DefaultTimeout,
            MaxWait = saved.MaxWait ?? ContextSettings.DefaultMaxWait,
            MaxFleetCostPerHour = saved.MaxFleetCostPerHour,
            IdentityFile = saved.IdentityFile,
        };
    }

    /// <summary>Saves a connection.</summary>
    /// <returns>A sentence for the user when the key is kept in clear; null when the system keeps it.</returns>
    public static string? Save(ContextSettings settings)
    {
        try
        {
            return Libraries.OpenProfiles().Save(new SavedProfile
            {
                Name = settings.Profile ?? DefaultName,
                BaseUri = settings.BaseUri,
                Key = settings.KeyCommand is null ? settings.Key : null,
                KeyCommand = settings.KeyCommand,
                RequestsPerMinute = settings.RequestsPerMinute,
                Timeout = settings.Timeout,
                MaxWait = settings.MaxWait,
                MaxFleetCostPerHour = settings.MaxFleetCostPerHour,
                IdentityFile = settings.IdentityFile,
            });
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "The profile was not saved. " + error.Message) { Field = "Save" };
        }
    }

    /// <summary>Works with the saved profiles.</summary>
    /// <exception cref="PulseRunException">NotConnected: the file cannot be used.</exception>
    public static T Use<T>(Func<IProfiles, T> work, string failed = "The saved profiles cannot be used.")
    {
        try
        {
            return work(Libraries.OpenProfiles());
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.NotConnected, failed + " " + error.Message);
        }
    }

    /// <summary>The error for a name that no profile has: it lists those there are.</summary>
    public static PulseRunException NoSuch(string name)
    {
        IReadOnlyList<string> names = Use(static profiles => profiles.Names());
        return new PulseRunException(ErrorIds.NotConnected,
            "No profile named '" + CleanText.Clean(name, 80) + "' is saved. " + (names.Count == 0 ? "There is none at all." : "There are: " + string.Join(", ", names) + "."))
        {
            Field = "Profile",
        };
    }
}
