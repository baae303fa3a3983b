using System.Collections.Generic;

namespace PulseRun;

/// <summary>Maps each error id to its PowerShell category and the recommended action (docs/dev/design.md).</summary>
internal static class ErrorCatalog
{
    private static readonly Dictionary<string, ErrorKind> s_kinds = new()
    {
        [ErrorIds.InstanceNotFound] = new("ObjectNotFound", "List the instances with Get-PRInstance. Migration and spot recovery give an instance a new id."),
        [ErrorIds.Unauthorized] = new("AuthenticationError", "Connect again with a valid key: Connect-PulseRun -ApiKey (Read-Host -AsSecureString)."),
        [ErrorIds.Forbidden] = new("PermissionDenied", "Use a key with this permission. The connection stays usable for other commands."),
        [ErrorIds.InsufficientBalance] = new("QuotaExceeded", "Add credit on the PulseRun site, or stop idle instances, then try again."),
        [ErrorIds.InvalidRequest] = new("InvalidArgument", "Correct the value that the message names. Nothing was changed."),
        [ErrorIds.Conflict] = new("InvalidOperation", "Check the instance's state with Get-PRInstance -Id, then use a command that this state allows."),
        [ErrorIds.CapacityUnavailable] = new("ResourceUnavailable", "Try another -Gpu, -Region any, -Provider auto, or try again later. Nothing was launched."),
        [ErrorIds.RateLimited] = new("LimitsExceeded", "Wait as long as the message says, or allow longer waits with Connect-PulseRun -MaxWaitSec."),
        [ErrorIds.ServerError] = new("ResourceUnavailable", "Try again later; -Verbose shows each attempt."),
        [ErrorIds.RequestTimeout] = new("OperationTimeout", "Try again, or allow more time with Connect-PulseRun -TimeoutSec."),
        [ErrorIds.ConnectionFailed] = new("ConnectionError", "Check the network, the proxy and the address that Get-PRContext shows."),
        [ErrorIds.MalformedResponse] = new("InvalidData", "Check that BaseUri is the PulseRun API and not a web page or a proxy in front of it; -Debug shows the answer."),
        [ErrorIds.IncompleteList] = new("InvalidResult", "Do not treat the returned instances as all there are. Run the command again."),
        [ErrorIds.LaunchOutcomeUnknown] = new("InvalidResult", "Do not launch again until the outcome is known: run Resolve-PRLaunch, or check the list of Get-PRInstance."),
        [ErrorIds.WaitTimeout] = new("OperationTimeout", "The instance was not changed. Wait longer, or check it with Get-PRInstance -Id."),
        [ErrorIds.TerminalState] = new("InvalidResult", "Check the instance with Get-PRInstance -Id. Remove it if it is not needed."),
        [ErrorIds.NotConnected] = new("AuthenticationError", "Run Connect-PulseRun -ApiKey (Read-Host -AsSecureString), or set PULSERUN_API_KEY. Connect-PulseRun -Emulator needs no key."),
        [ErrorIds.InsecureEndpoint] = new("SecurityError", "Use https. Plain http is for loopback addresses only."),
        [ErrorIds.UntrustedServer] = new("SecurityError", "Check the address, this computer's clock and, behind a company proxy, that its certificate is installed. Do not send a key before the cause is known."),
        [ErrorIds.ContextMismatch] = new("InvalidOperation", "Omit -Context to use the object's own connection, or list the instances again with that context. Nothing was sent."),
        [ErrorIds.CostLimitExceeded] = new("LimitsExceeded", "Raise the limit if the price is acceptable, or choose a cheaper GPU or region, or -Spot."),
        [ErrorIds.JournalUnavailable] = new("WriteError", "Make the folder in the message writable, or set PULSERUN_DATA_DIR to a writable one. New-PRInstance -NoJournal launches without a journal; then check yourself whether it launched."),
        [ErrorIds.StoreUnavailable] = new("ResourceUnavailable", "Follow the message for the file that it names. Until then, cleanup takes no action."),
        [ErrorIds.MetricsOutage] = new("ResourceUnavailable", "Try again when metrics are available. Nothing was stopped or removed."),
        [ErrorIds.InstanceProtected] = new("PermissionDenied", "Ask the person who protected it. Unprotect-PRInstance removes the protection; -Force overrides it. Nothing was sent."),
        [ErrorIds.InvalidSshCommand] = new("SecurityError", "Check the instance's SshCommand before you run any part of it."),
        [ErrorIds.InvalidJupyterUrl] = new("SecurityError", "Check the instance's JupyterUrl before you open it."),
        [ErrorIds.ProgramUnavailable] = new("NotInstalled", "Install the program in the message (OpenSSH client, xdg-utils) and add it to PATH."),
        [ErrorIds.SshFailed] = new("ConnectionError", "Read the output of ssh. Pass a key with -IdentityFile; an instance that has just started may need a few seconds more."),
        [ErrorIds.HostKeyRejected] = new("SecurityError", "Find out why the key differs. If the machine was set up again, remove the old key with ssh-keygen -R; to accept a first key, use -HostKeyPolicy AcceptNew."),
        [ErrorIds.CommandTimeout] = new("OperationTimeout", "The command may still be running on the instance. Check there, or allow more time with -TimeoutSec."),
        [ErrorIds.UnexpectedError] = new("NotSpecified", "This is a fault of the module. Please report it with the output of -Verbose."),
    };

    public static IReadOnlyDictionary<string, ErrorKind> Kinds => s_kinds;

    public static ErrorKind Of(string errorId) => s_kinds[errorId];
}

/// <summary>Represents one row of the error catalogue.</summary>
/// <param name="Category">The name of a value of PowerShell's ErrorCategory.</param>
/// <param name="RecommendedAction">The recommended action, in a sentence or two.</param>
internal sealed record ErrorKind(string Category, string RecommendedAction);
