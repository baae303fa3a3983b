namespace PulseRun.Client;

/// <summary>Everything the client knows about an operation. A row that leaves something out does not compile.</summary>
/// <param name="Method">The HTTP method. All but GET change something at the server.</param>
/// <param name="Path">The path, one of <see cref="ApiPaths"/>.</param>
/// <param name="Doing">How messages begin: what is done, for example <c>Stopping instance {0}</c>; <c>{0}</c> is the target.</param>
/// <param name="NotFound">The error id of a 404 or 410.</param>
/// <param name="Resend">When it may be sent again after a failure.</param>
/// <param name="AsksForGpu">True when it can be refused for the lack of a GPU (CapacityUnavailable).</param>
/// <param name="Price">How many requests it costs when nothing goes wrong: for a list, those of one page.</param>
/// <param name="IsTyped">True when Refit reads the answer; false when the answer is read as it streams.</param>
internal sealed record Operation(string Method, string Path, string Doing, string NotFound, Resend Resend, bool AsksForGpu, int Price, bool IsTyped)
{
    /// <summary>True when the request changes something at the server.</summary>
    public bool Changes { get; } = Method != "GET";

    /// <summary>Returns how a message begins: what was tried on what.</summary>
    public string Describe(string? target) => Doing.Replace("{0}", target);
}

/// <summary>When a request may be sent again.</summary>
internal enum Resend
{
    /// <summary>After any failure that may pass. What it changes is looked at afterwards, so that a second effect is told from a first.</summary>
    AfterAnyFailure,

    /// <summary>Only when provably nothing was sent: it costs money.</summary>
    OnlyIfUnsent,
}

/// <summary>All operations, one row each. The rows stand with their resources, in <c>Resources</c>.</summary>
internal static partial class Operations;
