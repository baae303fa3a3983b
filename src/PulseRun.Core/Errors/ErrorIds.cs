namespace PulseRun;

/// <summary>Contains the error ids, the first part of FullyQualifiedErrorId of every error of this module. They are stable, so that scripts can match them.</summary>
public static class ErrorIds
{
    /// <summary>No instance has this id (404).</summary>
    public const string InstanceNotFound = nameof(InstanceNotFound);

    /// <summary>The instance exists, and its metrics do not (404): it is not running, or it reports none.</summary>
    public const string MetricsUnavailable = nameof(MetricsUnavailable);

    /// <summary>The key is not accepted (401). Terminating.</summary>
    public const string Unauthorized = nameof(Unauthorized);

    /// <summary>The key lacks the permission for this request (403).</summary>
    public const string Forbidden = nameof(Forbidden);

    /// <summary>The prepaid credit is too low (402).</summary>
    public const string InsufficientBalance = nameof(InsufficientBalance);

    /// <summary>The request is invalid (400, 422, or rejected before it was sent); the message names the field.</summary>
    public const string InvalidRequest = nameof(InvalidRequest);

    /// <summary>The instance's state does not allow the request (409).</summary>
    public const string Conflict = nameof(Conflict);

    /// <summary>No GPU of this type is free, or none may be rented.</summary>
    public const string CapacityUnavailable = nameof(CapacityUnavailable);

    /// <summary>The rate limit requires a longer wait than allowed (429).</summary>
    public const string RateLimited = nameof(RateLimited);

    /// <summary>The server failed (5xx), after all retries.</summary>
    public const string ServerError = nameof(ServerError);

    /// <summary>No answer arrived within the time limit, or it stopped arriving.</summary>
    public const string RequestTimeout = nameof(RequestTimeout);

    /// <summary>The server could not be reached, or the connection was cut.</summary>
    public const string ConnectionFailed = nameof(ConnectionFailed);

    /// <summary>The answer is not what the API specifies: not JSON, too large, too deeply nested, or a redirect.</summary>
    public const string MalformedResponse = nameof(MalformedResponse);

    /// <summary>The list was truncated: the returned instances are not all there are.</summary>
    public const string IncompleteList = nameof(IncompleteList);

    /// <summary>A launch was sent, and its answer does not say whether it launched.</summary>
    public const string LaunchOutcomeUnknown = nameof(LaunchOutcomeUnknown);

    /// <summary>The instance did not reach the awaited state in time.</summary>
    public const string WaitTimeout = nameof(WaitTimeout);

    /// <summary>The instance can no longer reach the awaited state.</summary>
    public const string TerminalState = nameof(TerminalState);

    /// <summary>There is no connection and no key to open one. Terminating.</summary>
    public const string NotConnected = nameof(NotConnected);

    /// <summary>The server's certificate is not trusted, so nothing was sent to it. Not retried.</summary>
    public const string UntrustedServer = nameof(UntrustedServer);

    /// <summary>The address would send the key unencrypted. Terminating.</summary>
    public const string InsecureEndpoint = nameof(InsecureEndpoint);

    /// <summary>The object belongs to another connection than -Context.</summary>
    public const string ContextMismatch = nameof(ContextMismatch);

    /// <summary>The price is above the configured limit.</summary>
    public const string CostLimitExceeded = nameof(CostLimitExceeded);

    /// <summary>A budget has no room for the launch, or lacks the prices to tell; nothing was launched.</summary>
    public const string BudgetExceeded = nameof(BudgetExceeded);

    /// <summary>The policy of this machine forbids it, or its file is refused; nothing was sent.</summary>
    public const string PolicyViolation = nameof(PolicyViolation);

    /// <summary>The launch journal cannot be written, so nothing was launched.</summary>
    public const string JournalUnavailable = nameof(JournalUnavailable);

    /// <summary>The store cannot be used, or its content cannot be trusted; no action is taken.</summary>
    public const string StoreUnavailable = nameof(StoreUnavailable);

    /// <summary>Too large a share of the fleet returned no metrics; no action is taken.</summary>
    public const string MetricsOutage = nameof(MetricsOutage);

    /// <summary>The instance is protected by Protect-PRInstance, and -Force was not given.</summary>
    public const string InstanceProtected = nameof(InstanceProtected);

    /// <summary>The server's ssh command has a form that this module does not run.</summary>
    public const string InvalidSshCommand = nameof(InvalidSshCommand);

    /// <summary>The server's Jupyter address has a form that this module does not open.</summary>
    public const string InvalidJupyterUrl = nameof(InvalidJupyterUrl);

    /// <summary>A required program (ssh, xdg-open) is not installed or cannot be run. Terminating if no item can be processed without it.</summary>
    public const string ProgramUnavailable = nameof(ProgramUnavailable);

    /// <summary>The ssh connection failed or was lost.</summary>
    public const string SshFailed = nameof(SshFailed);

    /// <summary>The machine's host key differs from the one stored for the instance, or none is stored and new ones are not accepted.</summary>
    public const string HostKeyRejected = nameof(HostKeyRejected);

    /// <summary>A command on an instance exceeded its time limit.</summary>
    public const string CommandTimeout = nameof(CommandTimeout);

    /// <summary>Files could not be copied to or from an instance. Nothing incomplete has its final name.</summary>
    public const string CopyFailed = nameof(CopyFailed);

    /// <summary>An archive from an instance is damaged or would write outside its folder. It was refused.</summary>
    public const string UnsafeArchive = nameof(UnsafeArchive);

    /// <summary>The server, the gateway or this system does not offer what the command needs.</summary>
    public const string FeatureUnavailable = nameof(FeatureUnavailable);

    /// <summary>A notification of a cleanup was not accepted.</summary>
    public const string NotificationFailed = nameof(NotificationFailed);

    /// <summary>The command of -BeforeStop failed or exceeded its time limit.</summary>
    public const string HookFailed = nameof(HookFailed);

    /// <summary>No alert has this id (404).</summary>
    public const string AlertNotFound = nameof(AlertNotFound);

    /// <summary>No schedule has this id or name.</summary>
    public const string ScheduleNotFound = nameof(ScheduleNotFound);

    /// <summary>No webhook has this id (404).</summary>
    public const string WebhookNotFound = nameof(WebhookNotFound);

    /// <summary>A schedule was sent, and neither the answer nor the list says whether it was created.</summary>
    public const string ScheduleOutcomeUnknown = nameof(ScheduleOutcomeUnknown);

    /// <summary>A fault of this module. Please report it.</summary>
    public const string UnexpectedError = nameof(UnexpectedError);

    /// <summary>The receiver did not accept exported metrics.</summary>
    public const string MetricsExportFailed = nameof(MetricsExportFailed);
}
