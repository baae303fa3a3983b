using System;

namespace PulseRun.Help;

/// <summary>The exception for a page that cannot be converted to help.</summary>
internal sealed class PageException(string file, string message) : Exception(file + ": " + message);
