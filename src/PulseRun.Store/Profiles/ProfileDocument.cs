using System;
using System.Collections.Generic;

namespace PulseRun.Store.Profiles;

/// <summary>The file of profiles.</summary>
internal sealed class ProfileDocument : IDisposable
{
    public const int CurrentVersion = 1;

    public int Version { get; set; } = CurrentVersion;

    public List<ProfileEntry> Profiles { get; set; } = [];

    public ProfileEntry? Find(string name) => Profiles.Find(entry => Same(entry, name));

    public bool Remove(string name) => Profiles.RemoveAll(entry => Same(entry, name)) > 0;

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        foreach (ProfileEntry entry in Profiles)
            Array.Clear(entry.Key, 0, entry.Key.Length);
    }

    private static bool Same(ProfileEntry entry, string name) => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase);
}
