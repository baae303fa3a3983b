namespace PulseRun.Store.Profiles;

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
