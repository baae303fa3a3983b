#if !NET
namespace System.Diagnostics.CodeAnalysis;

/// <summary>Says of a constructor that it sets what is required.</summary>
[AttributeUsage(AttributeTargets.Constructor)]
internal sealed class SetsRequiredMembersAttribute : Attribute;
#endif
