#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>Lets the compiler accept <c>init</c> on .NET Framework. PolySharp is not used because it emits its types in a varying order, which breaks reproducible builds.</summary>
internal static class IsExternalInit;
#endif
