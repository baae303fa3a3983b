using PulseRun.Core.Text;

namespace PulseRun.Core.Ssh;

/// <summary>Whether an instance can be reached, and how.</summary>
internal static class RemoteAccess
{
    /// <summary>Whether this is an instance with an ssh command to go by. Else it is worth another look: what the user holds may be old.</summary>
    public static bool HasSsh(Instance? instance) => instance is not null && IsRunning(instance) && !string.IsNullOrEmpty(instance.SshCommand);

    /// <summary>The same for its notebook.</summary>
    public static bool HasJupyter(Instance? instance) => instance is not null && IsRunning(instance) && !string.IsNullOrEmpty(instance.JupyterUrl);

    /// <summary>Returns where to ssh to.</summary>
    /// <param name="instance">The instance, as the server describes it.</param>
    /// <param name="allowsLocal">True when the server itself is on this machine: only then may it name an address of this machine.</param>
    /// <exception cref="PulseRunException">Conflict when it cannot be reached (yet); InvalidSshCommand when the server's command is not of the strict form, or leads to this machine or its link.</exception>
    public static SshTarget Ssh(Instance instance, bool allowsLocal)
    {
        if (!HasSsh(instance))
            throw Unreachable(instance, "ssh command");
        SshTarget target = SshCommandLine.Parse(instance.SshCommand, instance.Id);
        return allowsLocal || !LocalHosts.Contains(target.Host)
            ? target
            : throw Local(ErrorIds.InvalidSshCommand, "The ssh command of '" + instance.Id + "' is not run: it leads", target.Host);
    }

    /// <summary>Returns where its notebook is.</summary>
    /// <param name="instance">The instance, as the server describes it.</param>
    /// <param name="allowsLocal">True when the server itself is on this machine: only then may it name an address of this machine.</param>
    /// <exception cref="PulseRunException">Conflict when it cannot be reached (yet); InvalidJupyterUrl when it is no plain https address, or leads to this machine or its link.</exception>
    public static JupyterAddress Jupyter(Instance instance, bool allowsLocal)
    {
        if (!HasJupyter(instance))
            throw Unreachable(instance, "notebook address");
        JupyterAddress address = JupyterAddress.Parse(instance.JupyterUrl, instance.Id);
        return allowsLocal || !LocalHosts.Contains(address.Uri.Host)
            ? address
            : throw Local(ErrorIds.InvalidJupyterUrl, "The notebook address of '" + instance.Id + "' is not opened: it leads", address.Uri.Host);
    }

    private static bool IsRunning(Instance instance) => InstanceStatus.Is(instance.Status, InstanceStatus.Running);

    private static PulseRunException Local(string errorId, string what, string host) =>
        new(errorId, what + " to '" + CleanText.Clean(host, 100) + "', which is this machine, its link or a group of machines, and no rented instance.");

    private static PulseRunException Unreachable(Instance instance, string what)
    {
        string state = string.IsNullOrEmpty(instance.Status) ? "in an unknown state" : CleanText.Clean(instance.Status!, 40);
        return new PulseRunException(ErrorIds.Conflict, IsRunning(instance)
            ? "Instance '" + instance.Id + "' runs, but has no " + what + " (yet). Wait-PRInstance -For Ready waits until it can be reached."
            : "Instance '" + instance.Id + "' is " + state + ", and only a running one can be reached. Start-PRInstance starts a stopped one; Wait-PRInstance -For Ready waits until it can be reached.");
    }
}
