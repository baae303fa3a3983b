using System.Collections.Generic;

namespace PulseRun;

/// <summary>Maps each error id to its PowerShell category and the recommended action (docs/dev/design.md).</summary>
internal static class ErrorCatalog
{
    private static readonly Dictionary<string, ErrorKind> s_kinds = new()
    {
        [ErrorIds.InstanceNotFound] = new("ObjectNotFound", "No instance has this id.", "List the instances with Get-PRInstance. Migration and spot recovery give an instance a new id."),
        [ErrorIds.MetricsUnavailable] = new("ObjectNotFound", "The instance has no metrics.", "Only running instances have metrics, and some providers report none. Get-PRInstance -Id shows the state."),
        [ErrorIds.Unauthorized] = new("AuthenticationError", "The server does not accept the key. Ends the command.", "Connect again with a valid key: Connect-PulseRun -ApiKey (Read-Host -AsSecureString)."),
        [ErrorIds.Forbidden] = new("PermissionDenied", "The key lacks the permission for this operation.", "Use a key with this permission. The connection stays usable for other commands."),
        [ErrorIds.InsufficientBalance] = new("QuotaExceeded", "The credit is too low.", "Add credit on the PulseRun site, or stop idle instances, then try again."),
        [ErrorIds.InvalidRequest] = new("InvalidArgument", "A value is wrong. The message names it.", "Correct the value that the message names. Nothing was changed."),
        [ErrorIds.Conflict] = new("InvalidOperation", "The state of the instance does not allow the operation.", "Check the instance's state with Get-PRInstance -Id, then use a command that this state allows."),
        [ErrorIds.CapacityUnavailable] = new("ResourceUnavailable", "No GPU of this kind is available.", "Try another -Gpu, -Region any, -Provider auto, or try again later. Nothing was launched."),
        [ErrorIds.RateLimited] = new("LimitsExceeded", "The server asks for a longer wait than -MaxWaitSec allows.", "Wait as long as the message says, or allow longer waits with Connect-PulseRun -MaxWaitSec."),
        [ErrorIds.ServerError] = new("ResourceUnavailable", "The server failed, after all retries.", "Try again later; -Verbose shows each attempt."),
        [ErrorIds.RequestTimeout] = new("OperationTimeout", "The server did not answer in time.", "Try again, or allow more time with Connect-PulseRun -TimeoutSec."),
        [ErrorIds.ConnectionFailed] = new("ConnectionError", "The server was not reached, or the connection was cut.", "Check the network, the proxy and the address that Get-PRContext shows."),
        [ErrorIds.MalformedResponse] = new("InvalidData", "The answer is not what the API promises.", "Check that BaseUri is the PulseRun API and not a web page or a proxy in front of it; -Debug shows the answer."),
        [ErrorIds.IncompleteList] = new("InvalidResult", "The list is truncated. Do not treat it as complete.", "Do not treat the returned instances as all there are. Run the command again."),
        [ErrorIds.LaunchOutcomeUnknown] = new("InvalidResult", "A launch may have happened. Resolve-PRLaunch finds out.", "Do not launch again until the outcome is known: run Resolve-PRLaunch, or check the list of Get-PRInstance."),
        [ErrorIds.WaitTimeout] = new("OperationTimeout", "The instance did not reach the target state in time.", "The instance was not changed. Wait longer, or check it with Get-PRInstance -Id."),
        [ErrorIds.TerminalState] = new("InvalidResult", "The instance can no longer reach the target state.", "Check the instance with Get-PRInstance -Id. Remove it if it is not needed."),
        [ErrorIds.NotConnected] = new("AuthenticationError", "There is no connection, and no key to make one. Ends the command.", "Run Connect-PulseRun -ApiKey (Read-Host -AsSecureString), or set PULSERUN_API_KEY. Connect-PulseRun -Emulator needs no key."),
        [ErrorIds.InsecureEndpoint] = new("SecurityError", "The address would send the key in clear text. Ends the command.", "Use https. Plain http is for loopback addresses only."),
        [ErrorIds.UntrustedServer] = new("SecurityError", "The server's certificate is not trusted. Nothing was sent.", "Check the address, this computer's clock and, behind a company proxy, that its certificate is installed. Do not send a key before the cause is known."),
        [ErrorIds.ContextMismatch] = new("InvalidOperation", "The object belongs to another connection than -Context. Nothing was sent.", "Omit -Context to use the object's own connection, or list the instances again with that context. Nothing was sent."),
        [ErrorIds.CostLimitExceeded] = new("LimitsExceeded", "The price is above the limit.", "Raise the limit if the price is acceptable, or choose a cheaper GPU or region, or -Spot."),
        [ErrorIds.BudgetExceeded] = new("LimitsExceeded", "A budget has no room for the launch or the start. It was not sent, or its instance was terminated at once.", "Get-PRBudget shows the figures. Stop instances that are not needed, use a shorter -Lifetime or a cheaper GPU, or ask the person that the message names."),
        [ErrorIds.PolicyViolation] = new("PermissionDenied", "The policy of this machine forbids the operation. The message names the rule and the file.", "Get-PRPolicy shows the rules. An administrator of this machine can change the file that the message names."),
        [ErrorIds.JournalUnavailable] = new("WriteError", "The store or the audit file cannot be written.", "Make the folder in the message writable or the server in it reachable, or set PULSERUN_DATA_DIR to a writable folder. New-PRInstance -NoJournal launches without a journal; then check yourself whether it launched."),
        [ErrorIds.StoreUnavailable] = new("ResourceUnavailable", "The store cannot be used: its server cannot be reached or refuses, or a damaged file was set aside. Cleanup does nothing.", "Follow the message for the file or the server that it names. Until then, cleanup takes no action."),
        [ErrorIds.MetricsOutage] = new("ResourceUnavailable", "Too few instances return metrics. Cleanup does nothing.", "Try again when metrics are available. Nothing was stopped or removed."),
        [ErrorIds.InstanceProtected] = new("PermissionDenied", "Protect-PRInstance protects the instance from Stop-PRInstance and Remove-PRInstance. -Force overrides the protection.", "Ask the person who protected it. Unprotect-PRInstance removes the protection; -Force overrides it. Nothing was sent."),
        [ErrorIds.InvalidSshCommand] = new("SecurityError", "The server's ssh command is not safe to run. It was not run.", "Check the instance's SshCommand before you run any part of it."),
        [ErrorIds.InvalidJupyterUrl] = new("SecurityError", "The server's notebook address is not safe to open. It was not opened.", "Check the instance's JupyterUrl before you open it."),
        [ErrorIds.ProgramUnavailable] = new("NotInstalled", "The ssh client or a browser is not installed.", "Install the program in the message (OpenSSH client, xdg-utils) and add it to PATH."),
        [ErrorIds.SshFailed] = new("ConnectionError", "The ssh connection failed or was lost.", "Read the output of ssh. Pass a key with -IdentityFile; an instance that has just started may need a few seconds more."),
        [ErrorIds.HostKeyRejected] = new("SecurityError", "The host key changed, or none is recorded and the policy accepts no new one.", "Find out why the key differs. If the machine was set up again, remove the old key with ssh-keygen -R; to accept a first key, use -HostKeyPolicy AcceptNew."),
        [ErrorIds.CommandTimeout] = new("OperationTimeout", "The command on the instance exceeded its time limit.", "The command may still be running on the instance. Check there, or allow more time with -TimeoutSec."),
        [ErrorIds.CopyFailed] = new("WriteError", "Files could not be copied. Nothing incomplete has its final name.", "Correct what the message names, and copy again. After a broken connection, -Update continues instead of starting again."),
        [ErrorIds.UnsafeArchive] = new("SecurityError", "An archive from an instance is damaged or would write outside its folder. It was refused.", "Do not trust the instance: check what tar is there, with Invoke-PRCommand -Command 'command -v tar'. Nothing was written outside the destination."),
        [ErrorIds.FeatureUnavailable] = new("NotImplemented", "The server, the gateway or this system does not offer what the command needs.", "Read the message for what is missing. The service lists some features as planned, and a server that lacks one answers with status 404; check the address that Get-PRContext shows. If only this provider or gateway lacks the feature, use another one."),
        [ErrorIds.NotificationFailed] = new("ConnectionError", "The warning before a stop was not accepted. The instance is not stopped.", "Check the address of -NotifyUri, or the script of -Notify. The next run sends the warning again."),
        [ErrorIds.HookFailed] = new("OperationStopped", "The command of -BeforeStop failed. The instance is not stopped, unless -OnHookFailure Stop is given.", "Run the command with Invoke-PRCommand to see what it writes. -OnHookFailure Stop stops the instance anyway."),
        [ErrorIds.AlertNotFound] = new("ObjectNotFound", "No alert has this id.", "List the alerts with Get-PRAlert."),
        [ErrorIds.ScheduleNotFound] = new("ObjectNotFound", "No schedule has this id or name.", "List the schedules with Get-PRSchedule."),
        [ErrorIds.WebhookNotFound] = new("ObjectNotFound", "No webhook has this id.", "List the webhooks with Get-PRWebhook."),
        [ErrorIds.ScheduleOutcomeUnknown] = new("InvalidResult", "A schedule may have been created. The next New-PRSchedule with its name finds out.", "Check with Get-PRSchedule. New-PRSchedule with the same name looks for it again, and sends nothing while its outcome is unknown."),
        [ErrorIds.MetricsExportFailed] = new("ConnectionError", "The receiver of Export-PRMetric -Uri did not accept the metrics.", "Check the address of -Uri: the receiver must speak OTLP over http, usually at port 4318. -Verbose shows the size and the time of the export."),
        [ErrorIds.UnexpectedError] = new("NotSpecified", "The module itself failed.", "This is a fault of the module. Please report it with the output of -Verbose."),
    };

    public static IReadOnlyDictionary<string, ErrorKind> Kinds => s_kinds;

    public static ErrorKind Of(string errorId) => s_kinds[errorId];
}

/// <summary>Represents one row of the error catalogue.</summary>
/// <param name="Category">The name of a value of PowerShell's ErrorCategory.</param>
/// <param name="Means">The meaning of the error, in one or two short sentences. tools/Update-HelpPages.ps1 writes the error tables of the documentation from it.</param>
/// <param name="RecommendedAction">The recommended action, in a sentence or two.</param>
internal sealed record ErrorKind(string Category, string Means, string RecommendedAction);
