using System;

namespace PulseRun.Package;

/// <summary>The exception for a problem that prevents packaging. The message describes the correction.</summary>
internal sealed class PackagingException(string message) : Exception(message);
