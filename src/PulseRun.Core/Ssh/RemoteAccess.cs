using PulseRun.Rules;

namespace PulseRun.Ssh;

/// <summary>Whether an instance can be reached, and how.</summary>
internal static class RemoteAccess
{
    /// <summary>Whether this is an instance with an ssh command to go by. Else it is worth another look: what the user holds may be old.</summary>
    public static bool HasSsh(Instance? instance) => instance is not null && IsRunning(instance) && !string.IsNullOrEmpty(instance.SshCommand);

    /// <summary>The same for its notebook.</summary>
    public static bool HasJupyter(Instance? instance) => instance is not null && IsRunning(instance) && !string.IsNullOrEmpty(instance.JupyterUrl);

    /// <summary>Where to ssh to.</summary>
    /// <exception cref="PulseRunException">Conflict when it cannot be reached (yet), InvalidSshCommand when the server's command is not of the strict form.</exception>
    public static SshTarget Ssh(Instance instance) =>
        HasSsh(instance) ? SshCommandLine.Parse(instance.SshCommand, instance.Id) : throw Unreachable(instance, "ssh command");

    /// <summary>Where its notebook is.</summary>
    /// <exception cref="PulseRunException">Conflict when it cannot be reached (yet), InvalidJupyterUrl when it is no plain https address.</exception>
    public static JupyterAddress Jupyter(Instance instance) =>
        HasJupyter(instance) ? JupyterAddress.Parse(instance.JupyterUrl, instance.Id) : throw Unreachable(instance, "notebook address");

    private static bool IsRunning(Instance instance) => InstanceStatus.Is(instance.Status, InstanceStatus.Running);

    private static PulseRunException Unreachable(Instance instance, string what)
    {
        string state = string.IsNullOrEmpty(instance.Status) ? "in an unknown state" : Text.Clean(instance.Status!, 40);
        return new PulseRunException(ErrorIds.Conflict, IsRunning(instance)
            ? "Instance '" + instance.Id + "' runs, but has no " + what + " (yet). Wait-PRInstance -For Ready waits until it can be reached."
            : "Instance '" + instance.Id + "' is " + state + ", and only a running one can be reached. Start-PRInstance starts a stopped one; Wait-PRInstance -For Ready waits until it can be reached.");
    }
}
