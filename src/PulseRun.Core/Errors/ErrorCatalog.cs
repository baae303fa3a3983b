using System.Collections.Generic;

namespace PulseRun;

/// <summary>What each error id means to PowerShell: its category, and what to do about it (design.md section 2).</summary>
internal static class ErrorCatalog
{
    private static readonly Dictionary<string, ErrorKind> s_kinds = new()
    {
        [ErrorIds.InstanceNotFound] = new("ObjectNotFound", "No instance has this id.", "List what there is with Get-PRInstance. Migration and spot recovery give an instance a new id."),
        [ErrorIds.Unauthorized] = new("AuthenticationError", "The server does not accept the key. Ends the command.", "Connect again with a valid key: Connect-PulseRun -ApiKey (Read-Host -AsSecureString)."),
        [ErrorIds.Forbidden] = new("PermissionDenied", "The key lacks the permission for this operation.", "Use a key with this permission; the connection stays usable for the rest."),
        [ErrorIds.InsufficientBalance] = new("QuotaExceeded", "The credit is too low.", "Add credit on the PulseRun site, or stop what is idle, then try again."),
        [ErrorIds.InvalidRequest] = new("InvalidArgument", "A value is wrong. The message names it.", "Correct the value that the message names. Nothing was changed."),
        [ErrorIds.Conflict] = new("InvalidOperation", "The state of the instance does not allow the operation.", "Look at the instance's state with Get-PRInstance -Id, then try what that state allows."),
        [ErrorIds.CapacityUnavailable] = new("ResourceUnavailable", "No GPU of this kind is available.", "Try another -Gpu, -Region any, -Provider auto, or later. Nothing was launched."),
        [ErrorIds.RateLimited] = new("LimitsExceeded", "The server asks for a longer wait than -MaxWaitSec allows.", "Wait as long as the message says, or allow longer waits with Connect-PulseRun -MaxWaitSec."),
        [ErrorIds.ServerError] = new("ResourceUnavailable", "The server failed, after all retries.", "Try again later; -Verbose shows each attempt."),
        [ErrorIds.RequestTimeout] = new("OperationTimeout", "The server did not answer in time.", "Try again, or allow more time with Connect-PulseRun -TimeoutSec."),
        [ErrorIds.ConnectionFailed] = new("ConnectionError", "The server was not reached, or the connection was cut.", "Check the network, the proxy and the address that Get-PRContext shows."),
        [ErrorIds.MalformedResponse] = new("InvalidData", "The answer is not what the API promises.", "Check that BaseUri is the PulseRun API and not a page or a proxy in front of it; -Debug shows the answer."),
        [ErrorIds.IncompleteList] = new("InvalidResult", "The list is cut. Do not treat it as complete.", "Do not act on what was put out as if it were all. Run the command again."),
        [ErrorIds.LaunchOutcomeUnknown] = new("InvalidResult", "A launch may have happened. Resolve-PRLaunch finds out.", "Do not launch again before you know: Resolve-PRLaunch finds out, and Get-PRInstance shows what is there."),
        [ErrorIds.WaitTimeout] = new("OperationTimeout", "The instance did not reach the target state in time.", "The instance goes on; wait longer or look at it with Get-PRInstance -Id."),
        [ErrorIds.TerminalState] = new("InvalidResult", "The instance can no longer reach the target state.", "Look at the instance with Get-PRInstance -Id; remove it if it is of no use."),
        [ErrorIds.NotConnected] = new("AuthenticationError", "There is no connection, and no key to make one. Ends the command.", "Run Connect-PulseRun -ApiKey (Read-Host -AsSecureString), or set PULSERUN_API_KEY. Connect-PulseRun -Emulator needs no key."),
        [ErrorIds.InsecureEndpoint] = new("SecurityError", "The address would send the key in clear text. Ends the command.", "Use https. Plain http is for loopback addresses only."),
        [ErrorIds.UntrustedServer] = new("SecurityError", "The server's certificate is not trusted. Nothing was sent.", "Do not send a key there before you know why. Check the address, this computer's clock and, behind a company's proxy, whether its certificate is installed."),
        [ErrorIds.ContextMismatch] = new("InvalidOperation", "The object belongs to another connection than -Context. Nothing was sent.", "Leave out -Context, so that the object's own connection is used, or list again with that context. Nothing was sent."),
        [ErrorIds.CostLimitExceeded] = new("LimitsExceeded", "The price is above the limit.", "Raise the limit if the price is right, or choose a cheaper GPU, region or -Spot."),
        [ErrorIds.JournalUnavailable] = new("WriteError", "The local store or the audit file cannot be written.", "Make the folder writable that the message names, or set PULSERUN_DATA_DIR to one that is. New-PRInstance -NoJournal launches without a journal: watch that launch yourself."),
        [ErrorIds.StoreUnavailable] = new("ResourceUnavailable", "A damaged store was set aside. Cleanup does nothing until it is removed.", "Do what the message says about the file that it names; until then, cleanup does nothing."),
        [ErrorIds.MetricsOutage] = new("ResourceUnavailable", "Too few instances return metrics. Cleanup does nothing.", "Wait until metrics are back; nothing was stopped or removed."),
        [ErrorIds.InstanceProtected] = new("PermissionDenied", "Protect-PRInstance protects the instance from Stop-PRInstance and Remove-PRInstance. -Force overrides the protection.", "Ask the one who protected it. Unprotect-PRInstance ends the protection; -Force acts in spite of it. Nothing was sent."),
        [ErrorIds.InvalidSshCommand] = new("SecurityError", "The server's ssh command is not safe to run. It was not run.", "Read the instance's SshCommand yourself before you run anything from it."),
        [ErrorIds.InvalidJupyterUrl] = new("SecurityError", "The server's notebook address is not safe to open. It was not opened.", "Read the instance's JupyterUrl yourself before you open it."),
        [ErrorIds.ProgramUnavailable] = new("NotInstalled", "The ssh client or a browser is not installed.", "Install the program that the message names (OpenSSH client, xdg-utils), and put it on PATH."),
        [ErrorIds.SshFailed] = new("ConnectionError", "The ssh connection failed or was lost.", "Look at what ssh says. A key it asks for is given with -IdentityFile; an instance that has just started may need a moment."),
        [ErrorIds.HostKeyRejected] = new("SecurityError", "The host key changed, or none is recorded and the policy accepts no new one.", "Run nothing there unless you know why: forget the old key with ssh-keygen -R if the machine was set up anew, or take a first key with -HostKeyPolicy AcceptNew."),
        [ErrorIds.CommandTimeout] = new("OperationTimeout", "The command on the instance exceeded its time limit.", "The command may go on there. Look, or allow more time with -TimeoutSec."),
        [ErrorIds.UnexpectedError] = new("NotSpecified", "The module itself failed.", "This is a fault of the module: please report it with what -Verbose prints."),
    };

    public static IReadOnlyDictionary<string, ErrorKind> Kinds => s_kinds;

    public static ErrorKind Of(string errorId) => s_kinds[errorId];
}

/// <summary>One row of the error catalogue.</summary>
/// <param name="Category">The name of PowerShell's ErrorCategory.</param>
/// <param name="Means">What the error means, in one or two short sentences. tools/Update-HelpPages.ps1 writes the error tables of the documentation from it.</param>
/// <param name="RecommendedAction">What to do, in a sentence or two.</param>
internal sealed record ErrorKind(string Category, string Means, string RecommendedAction);
