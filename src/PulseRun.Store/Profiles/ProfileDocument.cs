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
