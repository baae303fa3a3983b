using System;
using System.Collections.Generic;

namespace PulseRun.Store.Profiles;

/// <summary>The file of profiles.</summary>
internal sealed class ProfileDocument : IDisposable
{
    public const int CurrentVersion = 1;

    public int Version { get; set; } = CurrentVersion;

    /// <summary>The profile that is used when none is named; null when none was chosen.</summary>
    public string? Default { get; set; }

    public List<ProfileEntry> Profiles { get; set; } = [];

    public ProfileEntry? Find(string name) => Profiles.Find(entry => Same(entry.Name, name));

    public bool IsDefault(ProfileEntry entry) => Default is not null && Same(entry.Name, Default);

    public void Remove(ProfileEntry entry)
    {
        Profiles.Remove(entry);
        if (IsDefault(entry))
            Default = null;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        foreach (ProfileEntry entry in Profiles)
            Array.Clear(entry.Key, 0, entry.Key.Length);
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>One profile in the file.</summary>
internal sealed class ProfileEntry
{
    public string Name { get; set; } = "";

    public string BaseUri { get; set; } = "";

    /// <summary>The key's UTF-8, protected where the platform can (see <see cref="KeyProtection"/>). Bytes, so that no string of it is ever made: those cannot be wiped.</summary>
    public byte[] Key { get; set; } = [];

    /// <summary>How it is protected.</summary>
    public string Protection { get; set; } = "";

    /// <summary>The script that returns the key, where no key is saved.</summary>
    public string? KeyCommand { get; set; }

    public int? RequestsPerMinute { get; set; }

    public double? TimeoutSec { get; set; }

    public double? MaxWaitSec { get; set; }

    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>The private key for ssh.</summary>
    public string? IdentityFile { get; set; }
}
