using System;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>
/// Marks a field of a cmdlet as a group of parameters. PowerShell binds properties of the cmdlet class only, so
/// tools/PulseRun.Generators generates one property of the cmdlet per parameter of the group, with its attributes and its comment.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class ParameterGroupAttribute : Attribute;
