using System;

namespace PulseRun.Client.Http;

/// <summary>The exception that is thrown when the server's certificate is not trusted. Internal to this assembly.</summary>
/// <param name="reason">The framework's names of the errors.</param>
internal sealed class UntrustedServerException(string reason) : Exception("the server's certificate is not trusted: " + reason);
