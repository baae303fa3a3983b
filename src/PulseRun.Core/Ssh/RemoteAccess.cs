using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun.Core.Ssh;

/// <summary>Determines whether and how an instance can be reached.</summary>
internal static class RemoteAccess
{
    /// <summary>Gateways that give every connection a terminal, which changes bytes, and forward no port.</summary>
    private static readonly HashSet<string> s_gateways = ["ssh.runpod.io"];

    /// <summary>Returns true when the instance is running and has an ssh command. If not, reading it again may help, because the user's object may be old.</summary>
    public static bool HasSsh(Instance? instance) => instance is not null && IsRunning(instance) && !string.IsNullOrEmpty(instance.SshCommand);

    /// <summary>Returns true when the instance is running and has a notebook address.</summary>
    public static bool HasJupyter(Instance? instance) => instance is not null && IsRunning(instance) && !string.IsNullOrEmpty(instance.GetJupyterUrl());

    /// <summary>Returns the ssh target of an instance.</summary>
    /// <param name="instance">The instance as the server describes it.</param>
    /// <param name="allowsLocal">True when the API server runs on this machine, which may then also return addresses of this machine.</param>
    /// <exception cref="PulseRunException">Conflict: the instance cannot be reached, or not yet. InvalidSshCommand: the server's command does not have the strict form, or points to this machine or its network link.</exception>
    public static SshTarget Ssh(Instance instance, bool allowsLocal)
    {
        if (!HasSsh(instance))
            throw Unreachable(instance, "ssh command");
        SshTarget target = SshCommandLine.Parse(instance.SshCommand, instance.Id);
        return allowsLocal || !LocalHosts.Contains(target.Host)
            ? target
            : throw Local(ErrorIds.InvalidSshCommand, "The ssh command of '" + instance.Id + "' was not run: it points", target.Host);
    }

    /// <summary>Returns the ssh target of an instance for data, jobs or tunnels.</summary>
    /// <exception cref="PulseRunException">As <see cref="Ssh"/>. FeatureUnavailable: the address is a gateway that offers a terminal only.</exception>
    public static SshTarget Channel(Instance instance, bool allowsLocal)
    {
        SshTarget target = Ssh(instance, allowsLocal);
        return s_gateways.Contains(target.Host.TrimEnd('.').ToLowerInvariant())
            ? throw new PulseRunException(ErrorIds.FeatureUnavailable, "'" + instance.Id + "' is reached through the gateway " + target.Host + ", which offers a terminal and no plain channel: files, jobs and tunnels cannot pass it. Nothing was run.") { Advice = "Use Enter-PRInstance for a terminal, or launch the instance with a provider or a template that offers ssh on an address of its own." }
            : target;
    }

    /// <summary>Returns the notebook address of an instance.</summary>
    /// <param name="instance">The instance as the server describes it.</param>
    /// <param name="allowsLocal">True when the API server runs on this machine, which may then also return addresses of this machine.</param>
    /// <exception cref="PulseRunException">Conflict: the instance cannot be reached, or not yet. InvalidJupyterUrl: the address is not plain https, or points to this machine or its network link.</exception>
    public static JupyterAddress Jupyter(Instance instance, bool allowsLocal)
    {
        if (!HasJupyter(instance))
            throw Unreachable(instance, "notebook address");
        JupyterAddress address = JupyterAddress.Parse(instance.GetJupyterUrl(), instance.Id);
        return allowsLocal || !LocalHosts.Contains(address.Uri.Host)
            ? address
            : throw Local(ErrorIds.InvalidJupyterUrl, "The notebook address of '" + instance.Id + "' was not opened: it points", address.Uri.Host);
    }

    private static bool IsRunning(Instance instance) => InstanceStatus.Is(instance.Status, InstanceStatus.Running);

    private static PulseRunException Local(string errorId, string what, string host) =>
        new(errorId, what + " to '" + CleanText.Clean(host, 100) + "', which is this machine, its network link or a multicast address, and cannot be a rented instance.");

    private static PulseRunException Unreachable(Instance instance, string what)
    {
        string state = string.IsNullOrEmpty(instance.Status) ? "in an unknown state" : CleanText.Clean(instance.Status!, 40);
        return new PulseRunException(ErrorIds.Conflict, IsRunning(instance)
            ? "Instance '" + instance.Id + "' is running, but has no " + what + " yet. Use Wait-PRInstance -For Ready to wait until it can be reached."
            : "Instance '" + instance.Id + "' is " + state + ". Only a running instance can be reached. Start a stopped one with Start-PRInstance, and wait for it with Wait-PRInstance -For Ready.");
    }
}
