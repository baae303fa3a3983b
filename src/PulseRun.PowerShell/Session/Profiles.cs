using System;
using System.Collections.Generic;
using PulseRun.Core.Profiles;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Session;

/// <summary>Loads and saves profiles for connections.</summary>
internal static class Profiles
{
    public const string DefaultName = SavedProfile.DefaultName;

    /// <summary>Returns the settings of a profile by name, or of the default profile; null when there is none.</summary>
    public static ContextSettings? Load(string? name)
    {
        if (Use(profiles => profiles.Load(name), "The saved profile cannot be used.") is not { } saved)
            return null;
        return new ContextSettings
        {
            // Validated like user input, so that an edited file cannot make the module send the key unencrypted.
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
            DefaultLifetime = saved.DefaultLifetime,
            IdentityFile = saved.IdentityFile,
        };
    }

    /// <summary>Saves a connection as a profile.</summary>
    /// <returns>A warning for the user when the key is saved unencrypted; null when the system encrypts it.</returns>
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
                DefaultLifetime = settings.DefaultLifetime,
                IdentityFile = settings.IdentityFile,
            });
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "The profile was not saved. " + error.Message) { Field = "Save" };
        }
    }

    /// <summary>Runs work on the saved profiles.</summary>
    /// <exception cref="PulseRunException">NotConnected: the profile file cannot be used.</exception>
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

    /// <summary>Returns the error for a name that no profile has. Its message lists the existing profiles.</summary>
    public static PulseRunException NoSuch(string name)
    {
        IReadOnlyList<string> names = Use(static profiles => profiles.Names());
        return new PulseRunException(ErrorIds.NotConnected,
            "No profile named '" + CleanText.Clean(name, 80) + "' is saved. " + (names.Count == 0 ? "There are no saved profiles." : "The saved profiles are: " + string.Join(", ", names) + "."))
        {
            Field = "Profile",
            Advice = "Get-PRProfile lists the saved profiles. To save one: Connect-PulseRun -ApiKey (Read-Host -AsSecureString) -Profile NAME -Save.",
        };
    }
}
