#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>Lets the compiler accept <c>required</c> on .NET Framework.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Field | AttributeTargets.Property, Inherited = false)]
internal sealed class RequiredMemberAttribute : Attribute;
#endif
