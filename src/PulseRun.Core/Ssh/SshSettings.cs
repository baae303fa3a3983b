namespace PulseRun.Ssh;

/// <summary>What the user decides about a connection.</summary>
/// <param name="KnownHosts">The file of host keys this module keeps: a whole path.</param>
/// <param name="Policy">What to do about a host key.</param>
/// <param name="IdentityFile">A private key: a whole path; null for the agent's keys and ssh's usual files.</param>
/// <param name="ConfigFile">The person's own ssh configuration, a whole path; null for none.</param>
internal sealed record SshSettings(string KnownHosts, HostKeyPolicy Policy, string? IdentityFile, string? ConfigFile = null);
