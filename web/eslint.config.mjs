import nextVitals from 'eslint-config-next/core-web-vitals'
import nextTypeScript from 'eslint-config-next/typescript'

// Imports point down: app → tasks | accounts → api | ui (docs/map.md). Neighbours are strangers.
const rooms = {
  tasks: ['accounts', 'app'],
  accounts: ['tasks', 'app'],
  api: ['tasks', 'accounts', 'app', 'ui'],
  ui: ['tasks', 'accounts', 'app', 'api'],
}
const zones = Object.entries(rooms).map(([room, strangers]) => ({
  target: `./src/${room}`,
  from: strangers.map((stranger) => `./src/${stranger}`),
  message: `web/src/${room} does not know ${strangers.join(', ')}`,
}))

const config = [
  { ignores: ['.next/**', 'out/**', 'standalone/**', 'next-env.d.ts', 'src/api/schema.ts'] },
  ...nextVitals,
  ...nextTypeScript,
  {
    rules: {
      'import/no-restricted-paths': ['error', { zones }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      // About what the React Compiler could not compile; it is not part of this build.
      'react-hooks/incompatible-library': 'off',
      'react-hooks/preserve-manual-memoization': 'off',
      eqeqeq: 'error',
    },
  },
]

export default config
