#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>Lets the compiler accept <c>required</c> on .NET Framework.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true, Inherited = false)]
internal sealed class CompilerFeatureRequiredAttribute(string featureName) : Attribute
{
    public string FeatureName { get; } = featureName;
}
#endif
