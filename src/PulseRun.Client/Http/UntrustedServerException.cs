using System;

namespace PulseRun.Client.Http;

/// <summary>The server's certificate is not trusted. Never leaves this assembly.</summary>
/// <param name="reason">The framework's names for what is wrong with it.</param>
internal sealed class UntrustedServerException(string reason) : Exception("the server's certificate is not trusted: " + reason);
