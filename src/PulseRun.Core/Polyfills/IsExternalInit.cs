#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>What the compiler wants for <c>init</c>. PolySharp would give it, but puts its types in another order each time, and a package must be the same bytes for everybody.</summary>
internal static class IsExternalInit;
#endif
