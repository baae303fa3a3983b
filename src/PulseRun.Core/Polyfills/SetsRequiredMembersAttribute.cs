#if !NET
namespace System.Diagnostics.CodeAnalysis;

/// <summary>Marks a constructor that sets all required members.</summary>
[AttributeUsage(AttributeTargets.Constructor)]
internal sealed class SetsRequiredMembersAttribute : Attribute;
#endif
