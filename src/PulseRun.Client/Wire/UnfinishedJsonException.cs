using System;

namespace PulseRun.Client.Wire;

/// <summary>The JSON was right as far as it went.</summary>
internal sealed class UnfinishedJsonException() : Exception("the JSON ends early");
