namespace PulseRun;

/// <summary>The first part of FullyQualifiedErrorId of every error this module raises. Stable: scripts match on them.</summary>
public static class ErrorIds
{
    /// <summary>No instance has this id (404).</summary>
    public const string InstanceNotFound = nameof(InstanceNotFound);

    /// <summary>The key is not accepted (401). Terminating.</summary>
    public const string Unauthorized = nameof(Unauthorized);

    /// <summary>The key may not do this (403).</summary>
    public const string Forbidden = nameof(Forbidden);

    /// <summary>The prepaid credit does not suffice (402).</summary>
    public const string InsufficientBalance = nameof(InsufficientBalance);

    /// <summary>The request is wrong (400, 422, or refused before sending); the message names the field.</summary>
    public const string InvalidRequest = nameof(InvalidRequest);

    /// <summary>The instance's state does not allow this (409).</summary>
    public const string Conflict = nameof(Conflict);

    /// <summary>No such GPU is free, or none may be rented.</summary>
    public const string CapacityUnavailable = nameof(CapacityUnavailable);

    /// <summary>The rate limit asks for a longer wait than allowed (429).</summary>
    public const string RateLimited = nameof(RateLimited);

    /// <summary>The server failed (5xx), after all retries.</summary>
    public const string ServerError = nameof(ServerError);

    /// <summary>No answer, or a stalled one, within the time limit.</summary>
    public const string RequestTimeout = nameof(RequestTimeout);

    /// <summary>The server could not be reached, or the connection was cut.</summary>
    public const string ConnectionFailed = nameof(ConnectionFailed);

    /// <summary>The answer is not what the API promises: no JSON, too large, too deep, a redirect.</summary>
    public const string MalformedResponse = nameof(MalformedResponse);

    /// <summary>The list is known to be cut: what was put out is not all there is.</summary>
    public const string IncompleteList = nameof(IncompleteList);

    /// <summary>A launch may have happened, and nobody can tell.</summary>
    public const string LaunchOutcomeUnknown = nameof(LaunchOutcomeUnknown);

    /// <summary>A wait ended before the instance got there.</summary>
    public const string WaitTimeout = nameof(WaitTimeout);

    /// <summary>The instance can no longer get where it was waited for.</summary>
    public const string TerminalState = nameof(TerminalState);

    /// <summary>There is no connection and no key to make one. Terminating.</summary>
    public const string NotConnected = nameof(NotConnected);

    /// <summary>The server's certificate is not trusted, so nothing was sent to it. Not tried again.</summary>
    public const string UntrustedServer = nameof(UntrustedServer);

    /// <summary>The address would send the key in the clear. Terminating.</summary>
    public const string InsecureEndpoint = nameof(InsecureEndpoint);

    /// <summary>The object belongs to another connection than the one named.</summary>
    public const string ContextMismatch = nameof(ContextMismatch);

    /// <summary>The price is above the lid that was set.</summary>
    public const string CostLimitExceeded = nameof(CostLimitExceeded);

    /// <summary>The launch journal cannot be written, so nothing was launched.</summary>
    public const string JournalUnavailable = nameof(JournalUnavailable);

    /// <summary>What is remembered on this machine cannot be trusted or written: nothing is acted on.</summary>
    public const string StoreUnavailable = nameof(StoreUnavailable);

    /// <summary>Too much of the fleet gives no metrics: nothing is acted on.</summary>
    public const string MetricsOutage = nameof(MetricsOutage);

    /// <summary>Protect-PRInstance protects the instance, and -Force was not given.</summary>
    public const string InstanceProtected = nameof(InstanceProtected);

    /// <summary>The server's ssh command is not one this module runs.</summary>
    public const string InvalidSshCommand = nameof(InvalidSshCommand);

    /// <summary>The server's notebook address is not one this module opens.</summary>
    public const string InvalidJupyterUrl = nameof(InvalidJupyterUrl);

    /// <summary>A program this needs (ssh, xdg-open) is not installed, or cannot be run. Terminating where no item can do without.</summary>
    public const string ProgramUnavailable = nameof(ProgramUnavailable);

    /// <summary>The ssh connection failed or was lost.</summary>
    public const string SshFailed = nameof(SshFailed);

    /// <summary>The machine's host key is not the one kept for the instance, or none is kept and a new one is not taken.</summary>
    public const string HostKeyRejected = nameof(HostKeyRejected);

    /// <summary>A command on an instance took longer than allowed.</summary>
    public const string CommandTimeout = nameof(CommandTimeout);

    /// <summary>A fault of this module itself. Please report it.</summary>
    public const string UnexpectedError = nameof(UnexpectedError);
}
