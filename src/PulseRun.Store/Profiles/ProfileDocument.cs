using System;
using System.Collections.Generic;

namespace PulseRun.Store.Profiles;

/// <summary>Represents the content of the profile file.</summary>
internal sealed class ProfileDocument : IDisposable
{
    public const int CurrentVersion = 1;

    public int Version { get; set; } = CurrentVersion;

    /// <summary>Gets or sets the name of the default profile; null when none was chosen.</summary>
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

    /// <summary>Erases the keys from memory.</summary>
    public void Dispose()
    {
        foreach (ProfileEntry entry in Profiles)
            Array.Clear(entry.Key, 0, entry.Key.Length);
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Represents one profile in the file.</summary>
internal sealed class ProfileEntry
{
    public string Name { get; set; } = "";

    public string BaseUri { get; set; } = "";

    /// <summary>Gets or sets the key in UTF-8, encrypted where the platform can (see <see cref="KeyProtection"/>). It is a byte array, because a string cannot be erased.</summary>
    public byte[] Key { get; set; } = [];

    /// <summary>Gets or sets the name of the protection of the key.</summary>
    public string Protection { get; set; } = "";

    /// <summary>Gets or sets the script that returns the key when no key is saved.</summary>
    public string? KeyCommand { get; set; }

    public int? RequestsPerMinute { get; set; }

    public double? TimeoutSec { get; set; }

    public double? MaxWaitSec { get; set; }

    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>Gets or sets the lifetime of launches that name none, in seconds.</summary>
    public double? DefaultLifetimeSec { get; set; }

    /// <summary>Gets or sets the path of the private key for ssh.</summary>
    public string? IdentityFile { get; set; }
}
