using System;

namespace PulseRun.Package;

/// <summary>Something that must be put right before the module can be given away; the message says what.</summary>
internal sealed class PackagingException(string message) : Exception(message);
