#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>What the compiler wants for <c>required</c>.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true, Inherited = false)]
internal sealed class CompilerFeatureRequiredAttribute(string featureName) : Attribute
{
    public string FeatureName { get; } = featureName;
}
#endif
