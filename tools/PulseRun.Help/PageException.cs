using System;

namespace PulseRun.Help;

/// <summary>A page is not in the shape that help can be made from.</summary>
internal sealed class PageException(string file, string message) : Exception(file + ": " + message);
