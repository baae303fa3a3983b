using System.Collections.Generic;

namespace PulseRun;

/// <summary>What each error id means to PowerShell: its category, and what to do about it (design.md section 2).</summary>
internal static class ErrorCatalog
{
    private static readonly Dictionary<string, ErrorKind> s_kinds = new()
    {
        [ErrorIds.InstanceNotFound] = new("ObjectNotFound", "List what there is with Get-PRInstance. Migration and spot recovery give an instance a new id."),
        [ErrorIds.Unauthorized] = new("AuthenticationError", "Connect again with a valid key: Connect-PulseRun -ApiKey (Read-Host -AsSecureString)."),
        [ErrorIds.Forbidden] = new("PermissionDenied", "Use a key with this permission; the connection stays usable for the rest."),
        [ErrorIds.InsufficientBalance] = new("QuotaExceeded", "Add credit on the PulseRun site, or stop what is idle, then try again."),
        [ErrorIds.InvalidRequest] = new("InvalidArgument", "Correct the value that the message names. Nothing was changed."),
        [ErrorIds.Conflict] = new("InvalidOperation", "Look at the instance's state with Get-PRInstance -Id, then try what that state allows."),
        [ErrorIds.CapacityUnavailable] = new("ResourceUnavailable", "Try another -Gpu, -Region any, -Provider auto, or later. Nothing was launched."),
        [ErrorIds.RateLimited] = new("LimitsExceeded", "Wait as long as the message says, or allow longer waits with Connect-PulseRun -MaxWaitSec."),
        [ErrorIds.ServerError] = new("ResourceUnavailable", "Try again later; -Verbose shows each attempt."),
        [ErrorIds.RequestTimeout] = new("OperationTimeout", "Try again, or allow more time with Connect-PulseRun -TimeoutSec."),
        [ErrorIds.ConnectionFailed] = new("ConnectionError", "Check the network, the proxy and the address that Get-PRContext shows."),
        [ErrorIds.MalformedResponse] = new("InvalidData", "Check that BaseUri is the PulseRun API and not a page or a proxy in front of it; -Debug shows the answer."),
        [ErrorIds.IncompleteList] = new("InvalidResult", "Do not act on what was put out as if it were all. Run the command again."),
        [ErrorIds.LaunchOutcomeUnknown] = new("InvalidResult", "Do not launch again before you know: Resolve-PRLaunch finds out, and Get-PRInstance shows what is there."),
        [ErrorIds.WaitTimeout] = new("OperationTimeout", "The instance goes on; wait longer or look at it with Get-PRInstance -Id."),
        [ErrorIds.TerminalState] = new("InvalidResult", "Look at the instance with Get-PRInstance -Id; remove it if it is of no use."),
        [ErrorIds.NotConnected] = new("AuthenticationError", "Run Connect-PulseRun -ApiKey (Read-Host -AsSecureString), or set PULSERUN_API_KEY. Connect-PulseRun -Emulator needs no key."),
        [ErrorIds.InsecureEndpoint] = new("SecurityError", "Use https. Plain http is for loopback addresses only."),
        [ErrorIds.UntrustedServer] = new("SecurityError", "Do not send a key there before you know why. Check the address, this computer's clock and, behind a company's proxy, whether its certificate is installed."),
        [ErrorIds.ContextMismatch] = new("InvalidOperation", "Leave out -Context, so that the object's own connection is used, or list again with that context. Nothing was sent."),
        [ErrorIds.CostLimitExceeded] = new("LimitsExceeded", "Raise the limit if the price is right, or choose a cheaper GPU, region or -Spot."),
        [ErrorIds.JournalUnavailable] = new("WriteError", "Make the folder writable that the message names, or set PULSERUN_DATA_DIR to one that is. New-PRInstance -NoJournal launches without a journal: watch that launch yourself."),
        [ErrorIds.StoreUnavailable] = new("ResourceUnavailable", "Do what the message says about the file that it names; until then, cleanup does nothing."),
        [ErrorIds.MetricsOutage] = new("ResourceUnavailable", "Wait until metrics are back; nothing was stopped or removed."),
        [ErrorIds.InstanceProtected] = new("PermissionDenied", "Ask the one who protected it. Unprotect-PRInstance ends the protection; -Force acts in spite of it. Nothing was sent."),
        [ErrorIds.InvalidSshCommand] = new("SecurityError", "Read the instance's SshCommand yourself before you run anything from it."),
        [ErrorIds.InvalidJupyterUrl] = new("SecurityError", "Read the instance's JupyterUrl yourself before you open it."),
        [ErrorIds.ProgramUnavailable] = new("NotInstalled", "Install the program that the message names (OpenSSH client, xdg-utils), and put it on PATH."),
        [ErrorIds.SshFailed] = new("ConnectionError", "Look at what ssh says. A key it asks for is given with -IdentityFile; an instance that has just started may need a moment."),
        [ErrorIds.HostKeyRejected] = new("SecurityError", "Run nothing there unless you know why: forget the old key with ssh-keygen -R if the machine was set up anew, or take a first key with -HostKeyPolicy AcceptNew."),
        [ErrorIds.CommandTimeout] = new("OperationTimeout", "The command may go on there. Look, or allow more time with -TimeoutSec."),
        [ErrorIds.UnexpectedError] = new("NotSpecified", "This is a fault of the module: please report it with what -Verbose prints."),
    };

    public static IReadOnlyDictionary<string, ErrorKind> Kinds => s_kinds;

    public static ErrorKind Of(string errorId) => s_kinds[errorId];
}

/// <summary>One row of the error catalogue.</summary>
/// <param name="Category">The name of PowerShell's ErrorCategory.</param>
/// <param name="RecommendedAction">What to do, in a sentence or two.</param>
internal sealed record ErrorKind(string Category, string RecommendedAction);
