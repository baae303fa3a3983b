using System;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>
/// Gives a cmdlet the parameters of a group that it has as a field. PowerShell binds properties of the cmdlet class only;
/// tools/PulseRun.Generators writes one property per parameter of the group, with its attributes and its comment.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class ParameterGroupAttribute : Attribute;
